-- Steps of automations are kept as long as the timelines of their messages.
GRANT DELETE ON automation_runs TO parley_system;
