/** What is asked of each kind of node: Graph answers with little unless it is named. */

export const NUMBER_FIELDS = [
  'id,display_phone_number,verified_name,status,quality_rating,code_verification_status,name_status,account_mode',
  'platform_type,is_on_biz_app,throughput,whatsapp_business_manager_messaging_limit,is_pin_enabled',
  'is_official_business_account,last_onboarded_time,webhook_configuration',
].join(',');
export const ACCOUNT_FIELDS =
  'id,name,currency,timezone_id,account_review_status,business_verification_status,owner_business_info';
export const TEMPLATE_FIELDS = [
  'id,name,language,status,category,parameter_format,components,rejected_reason,quality_score',
  'previous_category,correct_category,message_send_ttl_seconds',
].join(',');
export const PROFILE_FIELDS = 'about,address,description,email,profile_picture_url,websites,vertical';
