-- What may PostGraphile's visitors see? The rows that the product shows the public, as views in a schema of its own.
-- PostgreSQL takes such views into the statement. Actions, stays and deadlines are reached from a visible complaint
-- alone, so their views do not judge the complaint anew; neither does the product.
CREATE SCHEMA bench_public;

CREATE VIEW bench_public.opd AS SELECT id, code, name, short_name FROM opd;
CREATE VIEW bench_public.category AS SELECT id, code, name FROM category;
CREATE VIEW bench_public.area AS SELECT id, code, name, kind FROM area;
CREATE VIEW bench_public.sla_rule AS SELECT id, working_days, legal_source FROM sla_rule;
CREATE VIEW bench_public.complaint AS
SELECT id, tracking_code, external_tracking_id, channel, classification, category_id, title, body, privacy, status,
       submitted_at, verified_at, dispatched_at, first_responded_at, answered_at, completed_at, updated_at, version,
       latitude, longitude, address, area_id, opd_id, supporter_count, reopened_count, rating
  FROM complaint
 WHERE verified_at IS NOT NULL AND status <> 'ARCHIVED' AND status <> 'MERGED' AND privacy <> 'CONFIDENTIAL';
CREATE VIEW bench_public.action AS
SELECT id, complaint_id, kind, visibility, body, opd_id, from_status, to_status, created_at
  FROM action
 WHERE visibility = 'PUBLIC';
CREATE VIEW bench_public.disposition AS
SELECT id, complaint_id, opd_id, opd_name, started_at, ended_at, outcome FROM disposition;
CREATE VIEW bench_public.deadline AS
SELECT id, complaint_id, clock, rule_id, started_at, due_at, paused_at
  FROM deadline d
 WHERE NOT EXISTS (SELECT FROM deadline later
                    WHERE later.complaint_id = d.complaint_id AND later.clock = d.clock
                      AND (later.started_at, later.id) > (d.started_at, d.id));
CREATE VIEW bench_public.attachment AS
SELECT id, complaint_id, action_id, file_name, content_type, size, created_at FROM attachment;

COMMENT ON VIEW bench_public.opd IS E'@primaryKey id\n@unique code';
COMMENT ON VIEW bench_public.category IS '@primaryKey id';
COMMENT ON VIEW bench_public.area IS '@primaryKey id';
COMMENT ON VIEW bench_public.sla_rule IS '@primaryKey id';
COMMENT ON VIEW bench_public.complaint IS E'@primaryKey id\n@unique tracking_code'
 '\n@foreignKey (opd_id) references bench_public.opd (id)|@fieldName opd|@foreignFieldName complaints'
 '\n@foreignKey (category_id) references bench_public.category (id)|@fieldName category'
 '\n@foreignKey (area_id) references bench_public.area (id)|@fieldName area';
COMMENT ON VIEW bench_public.action IS E'@primaryKey id'
 '\n@foreignKey (complaint_id) references bench_public.complaint (id)|@foreignFieldName actions'
 '\n@foreignKey (opd_id) references bench_public.opd (id)|@fieldName opd';
COMMENT ON VIEW bench_public.disposition IS E'@primaryKey id'
 '\n@foreignKey (complaint_id) references bench_public.complaint (id)|@foreignFieldName dispositions'
 '\n@foreignKey (opd_id) references bench_public.opd (id)|@fieldName opd';
COMMENT ON VIEW bench_public.deadline IS E'@primaryKey id'
 '\n@foreignKey (complaint_id) references bench_public.complaint (id)|@foreignFieldName deadlines'
 '\n@foreignKey (rule_id) references bench_public.sla_rule (id)|@fieldName rule';
COMMENT ON VIEW bench_public.attachment IS E'@primaryKey id'
 '\n@foreignKey (complaint_id) references bench_public.complaint (id)|@foreignFieldName attachments'
 '\n@foreignKey (action_id) references bench_public.action (id)|@foreignFieldName attachments';
