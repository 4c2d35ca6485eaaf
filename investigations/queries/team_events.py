"""What happened to cases on some days, read from moves, claims, decisions, readings, appeals and the log; as SQL, since it is
counted where it lies.

Only what is never changed afterwards says when and what: a day counted years later gives the same. Test cases are no work. Queue
and policy are those of the moment: what came later stands in the log, and is taken back from where the case is now. A closing
that was undone within seconds, and the return that undid it, count as neither.
"""

# ruff: noqa: S608 -- put together from the parts below, nothing comes from outside
STEP = "floor(ln(greatest(extract(epoch FROM {length}), 1)) / ln(2) * 8)::int::text"
"""The same steps as in `governance.web.lengths`."""
UNDONE_WITHIN = "interval '15 seconds'"


def _step(length: str) -> str:
    return STEP.format(length=length)


OPENED = """
    SELECT id, opened_at, 'opened', '', NULL::bigint, 1::bigint FROM investigations_case
    WHERE opened_at >= %(first)s AND opened_at < %(until)s
"""
REOPENED = f"""
    SELECT case_id, moved_at, 'reopened', '', NULL, 1 FROM investigations_casemove m
    WHERE from_state = 'closed' AND moved_at >= %(first)s AND moved_at < %(until)s
      AND NOT EXISTS (SELECT 1 FROM investigations_casemove u WHERE u.case_id = m.case_id AND u.to_state = 'closed'
                      AND u.moved_at <= m.moved_at AND u.moved_at >= m.moved_at - {UNDONE_WITHIN})
"""
TAKEN = f"""
    SELECT e.subject_id, e.at, 'taken', {_step("e.at - c.opened_at")}, NULL, 1
    FROM audit_entry e JOIN investigations_case c ON c.id = e.subject_id
    WHERE e.subject_kind = 'case' AND e.verb = 'case.claimed' AND e.at >= %(first)s AND e.at < %(until)s
      AND NOT EXISTS (SELECT 1 FROM audit_entry b WHERE b.subject_kind = 'case' AND b.subject_id = e.subject_id
                      AND b.verb = 'case.claimed' AND (b.at, b.id) < (e.at, e.id))
"""
DECIDED = f"""
    SELECT d.case_id, d.decided_at, 'decided', {_step("d.decided_at - c.opened_at")}, NULL, 1
    FROM investigations_casedecision d JOIN investigations_case c ON c.id = d.case_id
    WHERE d.decided_at >= %(first)s AND d.decided_at < %(until)s AND d.undone_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM investigations_casedecision b
                      WHERE b.case_id = d.case_id AND b.undone_at IS NULL AND (b.decided_at, b.id) < (d.decided_at, d.id))
"""
HANDLED = f"""
    SELECT case_id, decided_at, 'handled', {_step("make_interval(secs => handling_seconds)")}, person_id, handling_seconds
    FROM investigations_casedecision WHERE decided_at >= %(first)s AND decided_at < %(until)s AND undone_at IS NULL
"""
_ENDINGS = f"""
    SELECT m.case_id, m.moved_at, m.due_at,
           (SELECT max(b.moved_at) FROM investigations_casemove b
            WHERE b.case_id = m.case_id AND b.from_state = 'closed' AND b.id < m.id) AS back_at,
           EXISTS (SELECT 1 FROM audit_entry g WHERE g.subject_kind = 'case' AND g.subject_id = m.case_id
                   AND g.verb = 'case.merged' AND g.at = m.moved_at) AS merged
    FROM investigations_casemove m
    WHERE m.to_state = 'closed' AND m.moved_at >= %(first)s AND m.moved_at < %(until)s
      AND NOT EXISTS (SELECT 1 FROM investigations_casemove u WHERE u.case_id = m.case_id AND u.from_state = 'closed'
                      AND u.moved_at >= m.moved_at AND u.moved_at <= m.moved_at + {UNDONE_WITHIN})
"""
CLOSED = f"""
    SELECT n.case_id, n.moved_at, CASE WHEN n.merged THEN 'merged' ELSE 'closed' END,
           CASE WHEN n.merged THEN '' ELSE {_step("n.moved_at - coalesce(n.back_at, c.opened_at)")} END, NULL, 1
    FROM ending n JOIN investigations_case c ON c.id = n.case_id
"""
IN_TIME = """
    SELECT n.case_id, n.moved_at, CASE WHEN n.moved_at <= coalesce(n.due_at, c.due_at) THEN 'in_time' ELSE 'late' END, '', NULL, 1
    FROM ending n JOIN investigations_case c ON c.id = n.case_id WHERE NOT n.merged
"""
SKIPPED = """
    SELECT subject_id, at, 'skipped', left(data->>'reason', 80), actor_id, 1 FROM audit_entry
    WHERE subject_kind = 'case' AND verb = 'case.skipped' AND at >= %(first)s AND at < %(until)s
"""
READ = """
    SELECT d.case_id, r.said_at, k.kind, '', r.person_id, 1
    FROM (SELECT ruling_id, person_id, outcome, coalesce(settled_at, read_at) AS said_at FROM investigations_secondreview
          WHERE state = 'settled' AND outcome <> 'unclear' AND ruling_id IS NOT NULL) r
    JOIN investigations_casedecision d ON d.id = r.ruling_id
    CROSS JOIN (VALUES ('read'), ('misread')) k(kind)
    WHERE r.said_at >= %(first)s AND r.said_at < %(until)s AND (k.kind = 'read' OR r.outcome = 'second_right')
"""
_RULINGS = """
    SELECT decision_id, case_id, person_id FROM investigations_casedecision WHERE decision_id IS NOT NULL
    UNION ALL
    SELECT a.decision_id, d.case_id, d.person_id FROM investigations_casedecision_also a
    JOIN investigations_casedecision d ON d.id = a.casedecision_id
"""
_HEARD = """
    SELECT h.decision_id, a.decided_at AS said_at, 'appeal' AS by,
           EXISTS (SELECT 1 FROM enforcement_appealitem i JOIN enforcement_decisionitem t ON t.id = i.item_id
                   WHERE i.appeal_id = a.id AND t.decision_id = h.decision_id AND i.outcome = 'overturned') AS lost
    FROM enforcement_appeal a JOIN enforcement_appealdecision h ON h.appeal_id = a.id
    WHERE a.decided_at >= %(first)s AND a.decided_at < %(until)s AND a.state IN ('upheld', 'partly_overturned', 'overturned')
    UNION ALL
    SELECT d.decision_id, s.at, 'dispute', d.outcome IN ('partly', 'against_us')
    FROM enforcement_disputestep s JOIN enforcement_dispute d ON d.id = s.dispute_id
    WHERE s.to_state = 'decided' AND s.from_state NOT IN ('', 'decided') AND s.at >= %(first)s AND s.at < %(until)s
"""
HEARD = f"""
    SELECT r.case_id, h.said_at, k.kind, h.by, r.person_id, 1
    FROM ({_HEARD}) h JOIN ({_RULINGS}) r ON r.decision_id = h.decision_id
    CROSS JOIN (VALUES ('heard'), ('overturned')) k(kind) WHERE k.kind = 'heard' OR h.lost
"""
WAITING = f"""
    SELECT c.id, n.moment - interval '1 microsecond', 'waiting', {_step("n.moment - c.opened_at")}, NULL, 1
    FROM (SELECT least(d + interval '1 day', %(now)s) AS moment
          FROM generate_series(%(first)s::timestamptz, %(until)s::timestamptz - interval '1 day', interval '1 day') d) n
    JOIN investigations_case c ON c.opened_at < n.moment AND (c.closed_at IS NULL OR c.closed_at >= n.moment)
    WHERE coalesce((SELECT m.to_state FROM investigations_casemove m WHERE m.case_id = c.id AND m.moved_at < n.moment
                    ORDER BY m.id DESC LIMIT 1), 'open') <> 'closed'
"""
HAPPENED = " UNION ALL ".join(
    (OPENED, REOPENED, TAKEN, DECIDED, HANDLED, CLOSED, IN_TIME, SKIPPED, READ, HEARD, WAITING)
)

EVENTS = f"""
    WITH ending AS ({_ENDINGS}), happened (case_id, at, kind, part, person_id, seconds) AS ({HAPPENED}),
    rerouted AS (
        SELECT subject_id, array_agg(at ORDER BY at, id) AS ats, array_agg(data->>'from' ORDER BY at, id) AS keys
        FROM audit_entry WHERE verb = 'case.rerouted' AND subject_kind = 'case' AND at >= %(first)s GROUP BY subject_id
    ),
    chosen AS (
        SELECT subject_id, array_agg(at ORDER BY at, id) AS ats,
               array_agg(substr(data->>'policy', 3)::bigint ORDER BY at, id) AS keys
        FROM audit_entry WHERE verb = 'case.policy_chosen' AND subject_kind = 'case' GROUP BY subject_id
    )
    SELECT (h.at AT TIME ZONE 'UTC')::date AS day,
           coalesce((SELECT q.id FROM unnest(r.ats, r.keys) u(at, key) JOIN investigations_queue q ON q.key = u.key
                     WHERE u.at > h.at ORDER BY u.at LIMIT 1), c.queue_id) AS queue_id,
           CASE WHEN p.subject_id IS NULL THEN c.policy_id
                ELSE (SELECT u.key FROM unnest(p.ats, p.keys) u(at, key) WHERE u.at <= h.at ORDER BY u.at DESC LIMIT 1)
           END AS policy_id,
           m.language, h.kind, h.part, h.person_id, h.seconds
    FROM happened h
    JOIN investigations_case c ON c.id = h.case_id AND c.golden_id IS NULL
    JOIN listings_merchant m ON m.id = c.merchant_id
    LEFT JOIN rerouted r ON r.subject_id = c.id
    LEFT JOIN chosen p ON p.subject_id = c.id
"""
