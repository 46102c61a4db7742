/** Meta keeps the media of customers for 7 days. */
export const MEDIA_KEPT = "interval '7 days'";

/**
 * SQL: two CTEs that note the files which come with messages, to be fetched later. A file is one row however many messages name it,
 * by Meta's id of it; `mediaOf` finds it again. @param input rows with tenant_id, number_id, at, graph_media_id, media_kind, mime_type, sha256, file_name
 * @param since from when Meta keeps the file, as SQL over a row of the input
 */
export const announceMedia = (input: string, since: string): string => `announced AS (
      INSERT INTO media AS m (tenant_id, direction, kind, state, phone_number_id, graph_media_id, fetch_until, next_at, mime_type, sha256, file_name)
      SELECT DISTINCT ON (number_id, graph_media_id)
             tenant_id, 'INBOUND', media_kind, 'PENDING', number_id, graph_media_id, ${since} + ${MEDIA_KEPT}, now(), mime_type, sha256, file_name
        FROM ${input} WHERE graph_media_id IS NOT NULL ORDER BY number_id, graph_media_id, at
      ON CONFLICT (phone_number_id, graph_media_id) WHERE direction = 'INBOUND' DO UPDATE SET updated_at = m.updated_at
      RETURNING m.id, m.phone_number_id, m.graph_media_id
    ), files AS MATERIALIZED (
      SELECT jsonb_object_agg(phone_number_id || ' ' || graph_media_id, id) AS of_key FROM announced
    )`;

/**
 * SQL: the files of a row of that input, as media_ids; null for none. By a map: a join of a set to itself costs the square of its rows.
 */
export const mediaOf = (row: string): string =>
  `string_to_array((SELECT of_key FROM files) ->> (${row}.number_id || ' ' || ${row}.graph_media_id), ',')::uuid[]`;
