-- A table that has just grown is analyzed several times within a minute: a tenth of the usual sample tells how large it is and
-- which columns repeat themselves, and autovacuum looks closely later. It took 4 % of a core beside a burst.
ALTER FUNCTION analyze_grown() SET default_statistics_target = 10;
