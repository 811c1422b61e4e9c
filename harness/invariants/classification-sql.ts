/**
 * The statements that classify. Capital names after a dollar sign are milliseconds from the configuration:
 * SLACK, AGENT_BATCH, GATEWAY_BATCH, DECISION (decision_wait and its tick), RESOLVE (how long an agent may go
 * on with an old set of gateways), LATENCY (threshold); PREDICTABLE is 1 or 0.
 */

/** An item is acked when one of its operations was; its sends span first to last. */
const SENDS = `
CREATE TABLE sends AS
SELECT a.signal, a.id, any_value(a.key) AS key, any_value(a.digest) AS digest, any_value(a.class) AS class,
       min(a.start_ms) AS start_ms, max(a.end_ms) AS end_ms, bool_or(coalesce(a.error, false)) AS error,
       min(o.invoke_ms) AS invoke_ms, max(coalesce(o.complete_ms, o.invoke_ms)) AS complete_ms,
       list(DISTINCT o.node) AS nodes,
       CASE WHEN bool_or(o.outcome = 'acked') THEN 'acked'
            WHEN bool_and(o.outcome = 'refused') THEN 'refused' ELSE 'indeterminate' END AS answer
FROM attempts a JOIN operations o USING (op) GROUP BY a.signal, a.id`;

/** Kept by the acked spans alone is certain; kept only with the unanswered ones is uncertain. */
const TRACES = `
CREATE TABLE traces AS
SELECT s.key, any_value(s.class) AS class, count(*) AS spans, min(s.invoke_ms) AS invoke_ms,
       max(s.complete_ms) AS complete_ms, min(s.complete_ms) AS first_complete_ms,
       any_value(k.hash_kept) AS hash_kept, bool_or(s.error AND s.answer = 'acked') AS any_error,
       CASE WHEN $PREDICTABLE = 0 THEN 'uncertain'
            WHEN any_value(k.hash_kept)
              OR bool_or(s.error AND s.answer = 'acked')
              OR max(s.end_ms) FILTER (s.answer = 'acked') - min(s.start_ms) FILTER (s.answer = 'acked')
                 >= $LATENCY THEN 'yes'
            WHEN bool_or(s.error AND s.answer = 'indeterminate')
              OR (bool_or(s.answer = 'indeterminate')
                  AND max(s.end_ms) - min(s.start_ms) >= $LATENCY) THEN 'uncertain'
            ELSE 'no' END AS kept
FROM sends s JOIN keys k ON k.signal = s.signal AND k.key = s.key
WHERE s.signal = 'traces' GROUP BY s.key`;

/** Only receipts of this run and of something that was sent; the rest is unexpected. */
const ARRIVALS = `
CREATE TABLE arrivals AS
SELECT r.signal, r.id, count(*) AS receipts, min(r.at_ms) AS received_ms, list(DISTINCT r.peer) AS peers,
       bool_or(r.digest <> s.digest OR r.key <> s.key) AS altered,
       bool_or(NOT list_contains(s.nodes, r.node)) AS misstamped
FROM receipts r JOIN sends s ON s.signal = r.signal AND s.id = r.id
GROUP BY r.signal, r.id`;

/** When and until when a span of the deployment's gateways held what it had: pods that went away. */
const DEATHS = `
CREATE TABLE deaths AS
SELECT ip, min(at_ms) AS at_ms, any_value(pod) AS pod FROM (
  SELECT ip, pod, at_ms FROM topology
  WHERE source = 'pod' AND tier = 'gateway' AND ip <> '' AND (change = 'deleted' OR terminating)
  UNION ALL
  SELECT ip, pod, at_ms FROM (
    SELECT *, lag(restarts) OVER (PARTITION BY uid ORDER BY at_ms) AS before FROM topology
    WHERE source = 'pod' AND tier = 'gateway' AND ip <> '')
  WHERE restarts > before)
GROUP BY ip`;

/** Owners under every ring that an agent could have when it routed the item. */
const OWNERS = `
CREATE TABLE owners AS
SELECT s.signal, s.id, list_sort(list(DISTINCT o.ip)) AS ips
FROM sends s
JOIN key_owners o ON o.signal = s.signal AND o.key = s.key
JOIN epochs e ON e.epoch = o.epoch
  AND e.from_ms <= s.complete_ms + $AGENT_BATCH + $SLACK
  AND e.to_ms >= s.invoke_ms - $RESOLVE - $SLACK
GROUP BY s.signal, s.id`;

const STATES = `
CREATE TABLE states AS
SELECT s.*, coalesce(a.receipts, 0) AS receipts, a.received_ms, coalesce(a.peers, []) AS peers,
       coalesce(a.altered, false) AS altered, coalesce(a.misstamped, false) AS misstamped,
       coalesce(w.ips, []) AS owners, coalesce(t.kept, 'yes') AS kept, k.position,
       coalesce(t.first_complete_ms, s.complete_ms) AS trace_first_ms,
       CASE WHEN s.answer <> 'acked' THEN 'not-acked'
            WHEN coalesce(t.kept, 'yes') = 'uncertain' THEN 'undecidable'
            WHEN coalesce(t.kept, 'yes') = 'yes' AND a.id IS NOT NULL THEN 'delivered'
            WHEN coalesce(t.kept, 'yes') = 'yes' THEN 'lost'
            WHEN a.id IS NOT NULL THEN 'leaked' ELSE 'sampled-out' END AS state
FROM sends s
JOIN keys k ON k.signal = s.signal AND k.key = s.key
LEFT JOIN arrivals a ON a.signal = s.signal AND a.id = s.id
LEFT JOIN owners w ON w.signal = s.signal AND w.id = s.id
LEFT JOIN traces t ON s.signal = 'traces' AND t.key = s.key`;

/**
 * A loss is explained by a gateway that could own the item and died
 *  - while it could still hold it: routed before the death, and neither decided, batched nor sent yet;
 *  - when the item may have been on the way to it: the sub-exporter's queue goes with the endpoint.
 */
const BY_DEATH = `
CREATE TABLE explained_by_death AS
SELECT signal, id,
       arg_min(place, rank) AS place, arg_min(rule, rank) AS rule, arg_min(death_pod, rank) AS death_pod
FROM (
  SELECT s.signal, s.id, d.pod AS death_pod,
    CASE WHEN s.invoke_ms >= d.at_ms THEN 'agent-to-gateway'
         WHEN s.signal = 'traces' AND d.at_ms <= s.trace_first_ms + $AGENT_BATCH + $DECISION + $SLACK
           THEN 'gateway-tail-sampling'
         ELSE 'gateway-batch' END AS place,
    CASE WHEN s.invoke_ms >= d.at_ms
           THEN 'sent to an endpoint that was gone: its sub-exporter queue is dropped (contrib#35378)'
         WHEN s.signal = 'traces' AND d.at_ms <= s.trace_first_ms + $AGENT_BATCH + $DECISION + $SLACK
           THEN 'undecided spans are lost with their gateway (contrib#26490)'
         ELSE 'the batch processor acknowledges before it exports (core#12443)' END AS rule,
    abs(s.invoke_ms - d.at_ms) AS rank
  FROM states s JOIN deaths d ON list_contains(s.owners, d.ip)
  WHERE s.state = 'lost' AND (
    (s.invoke_ms < d.at_ms AND d.at_ms <= $GATEWAY_BATCH + $SLACK + greatest(
        s.complete_ms + $AGENT_BATCH,
        CASE WHEN s.signal = 'traces' THEN s.trace_first_ms + $AGENT_BATCH + $DECISION ELSE 0 END))
    OR (s.complete_ms + $AGENT_BATCH + $SLACK >= d.at_ms AND s.invoke_ms <= d.at_ms + $RESOLVE + $SLACK)))
GROUP BY signal, id`;

/**
 * A span that is no reason to keep its trace by itself, in a trace that a ring change could split, is judged
 * without the spans that went to another owner. Traces that the hash keeps are decided alike everywhere.
 */
const BY_SPLIT = `
CREATE TABLE explained_by_split AS
SELECT DISTINCT s.signal, s.id
FROM states s
JOIN traces t ON t.key = s.key AND NOT t.hash_kept
JOIN states other ON other.signal = 'traces' AND other.key = s.key AND other.id <> s.id
  AND (len(other.owners) > 1 OR len(s.owners) > 1 OR other.owners <> s.owners)
WHERE s.signal = 'traces' AND s.state = 'lost' AND NOT s.error
  AND (other.error OR NOT t.any_error)`;

const ITEMS = `
CREATE TABLE items AS
SELECT s.*,
  CASE WHEN s.state <> 'lost' THEN NULL WHEN d.id IS NOT NULL THEN d.place
       WHEN p.id IS NOT NULL THEN 'gateway-tail-sampling' ELSE 'unknown' END AS place,
  CASE WHEN s.state <> 'lost' THEN NULL WHEN d.id IS NOT NULL THEN d.rule
       WHEN p.id IS NOT NULL THEN 'torn by a ring change: the deciding span had another owner (contrib#4758)'
       ELSE NULL END AS rule
FROM states s
LEFT JOIN explained_by_death d ON d.signal = s.signal AND d.id = s.id
LEFT JOIN explained_by_split p ON p.signal = s.signal AND p.id = s.id`;

export const CLASSIFICATION: readonly string[] = [
  SENDS,
  TRACES,
  ARRIVALS,
  DEATHS,
  OWNERS,
  STATES,
  BY_DEATH,
  BY_SPLIT,
  ITEMS,
];
