"""What does each comparison cost at the least? The same answers from SQL written by hand for each of them."""

PUBLIC = "verified_at IS NOT NULL AND status NOT IN ('ARCHIVED', 'MERGED') AND privacy <> 'CONFIDENTIAL'"

_THREE_ACTIONS = """json_build_object('nodes', (
  SELECT coalesce(json_agg(
           json_build_object('kind', a.kind, 'body', a.body, 'createdAt', a.created_at)), '[]')
    FROM (SELECT kind, body, created_at FROM action WHERE complaint_id = c.id AND visibility = 'PUBLIC'
           ORDER BY created_at, id LIMIT 3) a))"""
_SHOWN = (
    """'trackingCode', c.tracking_code, 'title', c.title, 'status', c.status, 'submittedAt', c.submitted_at"""
)
_OPD = "(SELECT json_build_object('code', o.code, 'name', o.name) FROM opd o WHERE o.id = c.opd_id)"

LIST = f"""
SELECT json_build_object('data', json_build_object('complaints', json_build_object('nodes',
       coalesce(json_agg(json_build_object({_SHOWN}, 'opd', {_OPD}, 'actions', {_THREE_ACTIONS})), '[]'))))
  FROM (SELECT id, tracking_code, title, status, submitted_at, opd_id FROM complaint
         WHERE {PUBLIC} ORDER BY submitted_at DESC, id DESC LIMIT 20) c
"""

_FILES = """(SELECT coalesce(json_agg(json_build_object('fileName', f.file_name,
            'contentType', f.content_type, 'size', f.size) ORDER BY f.created_at, f.id), '[]')
            FROM attachment f WHERE f.{0} = {1}.id)"""
DETAIL = f"""
SELECT json_build_object('data', json_build_object('complaint', (
  SELECT json_build_object('trackingCode', c.tracking_code, 'externalTrackingId', c.external_tracking_id,
    'channel', c.channel, 'classification', c.classification, 'title', c.title, 'body', c.body,
    'privacy', c.privacy, 'status', c.status, 'submittedAt', c.submitted_at, 'verifiedAt', c.verified_at,
    'dispatchedAt', c.dispatched_at, 'firstRespondedAt', c.first_responded_at, 'answeredAt', c.answered_at,
    'completedAt', c.completed_at, 'updatedAt', c.updated_at, 'version', c.version, 'latitude', c.latitude,
    'longitude', c.longitude, 'address', c.address, 'supporterCount', c.supporter_count,
    'reopenedCount', c.reopened_count, 'rating', c.rating,
    'category', (SELECT json_build_object('code', k.code, 'name', k.name) FROM category k
                  WHERE k.id = c.category_id),
    'area', (SELECT json_build_object('code', r.code, 'name', r.name, 'kind', r.kind) FROM area r
              WHERE r.id = c.area_id),
    'opd', (SELECT json_build_object('code', o.code, 'name', o.name, 'shortName', o.short_name) FROM opd o
             WHERE o.id = c.opd_id),
    'deadlines', (SELECT coalesce(json_agg(json_build_object('clock', d.clock, 'dueAt', d.due_at,
         'pausedAt', d.paused_at, 'rule', json_build_object('workingDays', r.working_days,
         'legalSource', r.legal_source)) ORDER BY d.started_at, d.id), '[]')
       FROM (SELECT DISTINCT ON (clock) id, clock, rule_id, started_at, due_at, paused_at
               FROM deadline WHERE complaint_id = c.id ORDER BY clock, started_at DESC, id DESC) d
       JOIN sla_rule r ON r.id = d.rule_id),
    'dispositions', json_build_object('nodes', (SELECT coalesce(json_agg(json_build_object(
         'opdName', s.opd_name, 'startedAt', s.started_at, 'endedAt', s.ended_at, 'outcome', s.outcome,
         'opd', (SELECT json_build_object('code', o.code) FROM opd o WHERE o.id = s.opd_id))), '[]')
       FROM (SELECT opd_id, opd_name, started_at, ended_at, outcome FROM disposition
              WHERE complaint_id = c.id ORDER BY started_at, id LIMIT 20) s)),
    'actions', json_build_object('nodes', (SELECT coalesce(json_agg(json_build_object('kind', a.kind,
         'visibility', a.visibility, 'body', a.body, 'fromStatus', a.from_status, 'toStatus', a.to_status,
         'createdAt', a.created_at,
         'opd', (SELECT json_build_object('code', o.code) FROM opd o WHERE o.id = a.opd_id),
         'attachments', {_FILES.format("action_id", "a")})), '[]')
       FROM (SELECT id, kind, visibility, body, from_status, to_status, created_at, opd_id FROM action
              WHERE complaint_id = c.id AND visibility = 'PUBLIC' ORDER BY created_at, id LIMIT 20) a)),
    'attachments', {_FILES.format("complaint_id", "c")})
    FROM complaint c
   WHERE c.tracking_code = $1 AND c.verified_at IS NOT NULL AND c.status <> 'ARCHIVED'
     AND c.privacy <> 'CONFIDENTIAL')))
"""

SEARCH = f"""
WITH asked AS MATERIALIZED (SELECT search_query($1, true) AS query),
     page AS (SELECT c.id, ts_rank(c.search, query)::float8 AS rank FROM complaint c, asked
               WHERE c.search @@ query AND {PUBLIC} ORDER BY rank DESC, c.id DESC LIMIT 21),
     shown AS (SELECT c.*, page.rank FROM (SELECT * FROM page ORDER BY rank DESC, id DESC LIMIT 20) page
                 JOIN complaint c USING (id))
SELECT json_build_object('data', json_build_object('complaints', json_build_object(
       'nodes', (SELECT coalesce(json_agg(json_build_object({_SHOWN}, 'opd', {_OPD})
                                          ORDER BY c.rank DESC, c.id DESC), '[]') FROM shown c),
       'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 20 FROM page),
         'endCursor', (SELECT rank || '|' || id FROM shown ORDER BY rank, id LIMIT 1)))))
"""

# The rows are read once, into few groups; every breakdown is made from those.
DASHBOARD = """
WITH cell AS MATERIALIZED (
  SELECT CASE WHEN privacy <> 'CONFIDENTIAL' THEN opd_id END AS opd_id, status,
         CASE WHEN privacy <> 'CONFIDENTIAL' THEN channel END AS channel,
         CASE WHEN privacy <> 'CONFIDENTIAL'
              THEN date_trunc('month', submitted_at AT TIME ZONE 'Asia/Jakarta')::date END AS month,
         count(*) AS n
    FROM complaint
   WHERE submitted_at >= timestamptz '2023-01-01 00:00+07'
     AND submitted_at < timestamptz '2024-01-01 00:00+07'
     AND verified_at IS NOT NULL AND status NOT IN ('ARCHIVED', 'MERGED')
   GROUP BY 1, 2, 3, 4),
counted AS (
  SELECT grouping(opd_id) AS no_opd, grouping(status) AS no_status, grouping(channel) AS no_channel,
         grouping(month) AS no_month, opd_id, status, channel, month, coalesce(sum(n), 0) AS total,
         coalesce(sum(n) FILTER (WHERE status = 'DISPATCHED'), 0) AS waiting,
         coalesce(sum(n) FILTER (WHERE status IN ('IN_PROGRESS', 'ANSWERED')), 0) AS working,
         coalesce(sum(n) FILTER (WHERE status = 'COMPLETED'), 0) AS completed
    FROM cell GROUP BY GROUPING SETS ((), (opd_id), (status), (channel), (month)))
SELECT json_build_object('data', json_build_object('statistics', json_build_object(
  'total', whole.total, 'notFollowedUp', whole.waiting, 'inProgress', whole.working,
  'completed', whole.completed, 'followedUp', whole.working + whole.completed,
  'byStatus', (SELECT coalesce(json_agg(json_build_object('status', status, 'count', total)
                                        ORDER BY status), '[]') FROM counted WHERE no_status = 0),
  'byOpd', (SELECT coalesce(json_agg(json_build_object(
              'opd', json_build_object('code', o.code, 'name', o.name),
              'total', total, 'notFollowedUp', waiting, 'inProgress', working, 'completed', completed)
              ORDER BY o.code), '[]')
              FROM counted JOIN opd o ON o.id = opd_id WHERE no_opd = 0),
  'byChannel', (SELECT coalesce(json_agg(json_build_object('channel', channel, 'count', total)
                                         ORDER BY channel), '[]')
                  FROM counted WHERE no_channel = 0 AND channel IS NOT NULL),
  'byMonth', (SELECT coalesce(json_agg(json_build_object('month', month, 'total', total,
                                                         'completed', completed)
                                       ORDER BY month), '[]')
                FROM counted WHERE no_month = 0 AND month IS NOT NULL))))
  FROM counted whole
 WHERE no_opd = 1 AND no_status = 1 AND no_channel = 1 AND no_month = 1
"""

DEEP = f"""
SELECT json_build_object('data', json_build_object('opds', json_build_object('nodes', (
  SELECT coalesce(json_agg(json_build_object('code', o.code, 'name', o.name, 'complaints',
         json_build_object('nodes', (
           SELECT coalesce(json_agg(json_build_object({_SHOWN}, 'actions', {_THREE_ACTIONS})), '[]')
             FROM (SELECT id, tracking_code, title, status, submitted_at FROM complaint
                    WHERE opd_id = o.id AND {PUBLIC} ORDER BY submitted_at DESC, id DESC LIMIT 5) c)))), '[]')
    FROM (SELECT id, code, name FROM opd ORDER BY code, id LIMIT 20) o))))
"""
