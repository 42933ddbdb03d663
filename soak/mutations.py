"""The mutations, each with what has to notice it. See ``mutation.py``."""

from mutation import ADDONS, FEATURES, Mutation

DECISION = "models/promise_decision.py"
GUARD = "models/stock_promise_guard.py"
MOVE = "models/stock_move.py"
RULES = "decision.py"
RETRY = "models/backorder_retry.py"
QUEUE = "models/backorder_retry_queue.py"
QUANT = "models/stock_quant.py"
NEGATIVE = "models/stock_quant_negative.py"
FORMULA = "models/stock_availability.py"
SOURCE = "models/stock_availability_source.py"
DEMAND = "models/stock_availability_demand.py"
APPROVAL = "models/backorder_override_decision.py"
ORDER = "models/sale_order.py"
LINE = "models/sale_order_line_change.py"
SPLIT = "models/sale_order_split.py"
SEAL = "addons/backorder_atp_audit/models/backorder_event_seal.py"
KEY = "addons/backorder_atp_fastapi/idempotency.py"
REQUEST = "addons/backorder_atp_fastapi/models/backorder_api_request.py"

MUTATIONS = [
    # One decision at a time
    Mutation(
        "no decision claims its stock",
        DECISION,
        'self.env["stock.promise.guard"]._claim(claimed)',
        "claimed.clear()",
        "soak",
        "--roles crowd",
    ),
    Mutation(
        "claims are exchanged without a lock",
        GUARD,
        "SELECT pg_advisory_xact_lock(%(space)s, number)",
        "SELECT pg_advisory_xact_lock_shared(%(space)s, number)",
        "test_promise_guard.py",
        "one_after_the_other",
    ),
    Mutation(
        "a claim of a rolled back transaction counts",
        GUARD,
        "IS DISTINCT FROM 'aborted' END",
        "IS DISTINCT FROM 'lost' END",
        "test_promise_guard.py",
    ),
    Mutation(
        "a claim counts although the snapshot contains the promise",
        GUARD,
        """%(snapshot)s::pg_snapshot)
                            THEN FALSE""",
        """%(snapshot)s::pg_snapshot)
                            THEN TRUE""",
        "test_promise_guard.py",
    ),
    Mutation(
        "claims that are still needed are deleted",
        GUARD,
        "SELECT MAX(age(backend_xmin)) FROM pg_stat_activity)",
        "SELECT -1)",
        "test_promise_guard.py",
    ),
    Mutation(
        "promises in flight are not deducted",
        SOURCE,
        """        if not rows:
            return {}
        query = SQL(""",
        """        if rows:
            return {}
        query = SQL(""",
        "test_concurrency.py",
        "last_units_are_sold_once",
    ),
    Mutation(
        "promises in flight are not awaited",
        DECISION,
        """        if not contested:
            return case, decisions
        self.env""",
        """        if True:
            return case, decisions
        self.env""",
        "test_concurrency.py",
        "not_refused_for_one_that_fails",
    ),
    Mutation(
        "contested stock is reserved at once",
        MOVE,
        "is_reserving = key in unseen or None",
        "is_reserving = None",
        "test_concurrency.py",
        "reserved_by_the_queue",
    ),
    Mutation(
        "an increase is decided on beside others",
        DECISION,
        """            return []
        self._guard(demand)
        case,""",
        """            return []
        case,""",
        "soak",
        "--roles crowd",
    ),
    Mutation(
        "a delivery does not wait for the row",
        QUANT,
        "if holds_stock and quantity < 0:",
        "if False:",
        "test_concurrency.py",
        "last_unit_is_delivered_once or share_one_row",
    ),
    Mutation(
        "two splits at once",
        SPLIT,
        """        self._lock_orders()
        self._check_splittable()
        if customer_agreed""",
        """        self._check_splittable()
        if customer_agreed""",
        "test_concurrency.py",
        "clicks_at_once",
    ),
    # What there is
    Mutation(
        "goods in Input count twice",
        FORMULA,
        'supply = SQL("(pickable + inbound)")',
        'supply = SQL("(pickable + inbound + inbound)")',
        "test_availability.py test_retry.py",
        "several_steps or kinds_of_locations",
    ),
    Mutation(
        "what is promised is available",
        FORMULA,
        'atp = SQL("(supply - committed - held - safety_stock - locked)")',
        'atp = SQL("(supply - held - safety_stock - locked)")',
        "test_availability.py",
    ),
    Mutation(
        "what is softly reserved is available",
        FORMULA,
        'atp = SQL("(supply - committed - held - safety_stock - locked)")',
        'atp = SQL("(supply - committed - safety_stock - locked)")',
        "addons/backorder_atp_reservation/tests",
        where=FEATURES,
    ),
    Mutation(
        "safety stock is available",
        FORMULA,
        'atp = SQL("(supply - committed - held - safety_stock - locked)")',
        'atp = SQL("(supply - committed - held - locked)")',
        "test_availability.py test_retry.py",
    ),
    Mutation(
        "locked stock is available",
        FORMULA,
        'atp = SQL("(supply - committed - held - safety_stock - locked)")',
        'atp = SQL("(supply - committed - held - safety_stock)")',
        "test_discrepancy.py",
        "lock",
    ),
    Mutation(
        "a claim counts twice",
        DEMAND,
        "SUM(quantity) FILTER (WHERE is_supply) AS committed",
        "2 * SUM(quantity) FILTER (WHERE is_supply) AS committed",
        "test_availability.py",
    ),
    Mutation(
        "a pending order claims nothing",
        SOURCE,
        """                self._get_pending_query(products, excluded_orders),
                pending,""",
        """                self._get_pending_query(products, excluded_orders),
                [],""",
        "test_availability.py test_verdict.py test_override.py",
    ),
    # The decision
    Mutation(
        "each line sees all the stock",
        RULES,
        "left[row.key] = max(0.0, available - row.quantity)",
        "left[row.key] = max(0.0, available)",
        "test_handshake_loopholes.py",
        "split_over_lines",
    ),
    Mutation(
        "the last unit is refused",
        RULES,
        "_count_steps(quantity, digits) > _count_steps(available, digits)",
        "_count_steps(quantity, digits) >= _count_steps(available, digits)",
        "test_promise_processing.py",
    ),
    Mutation(
        "an approval is worth nothing",
        RULES,
        """    if terms.is_approved:
        return PASS
""",
        "",
        "test_verdict.py test_override.py",
        "approve",
    ),
    Mutation(
        "a paid order is lost",
        RULES,
        """    if terms.is_secured:
        return WITHHOLD
""",
        "",
        "test_verdict.py",
        "signed or paid",
    ),
    Mutation(
        "a hard lock stops nobody",
        RULES,
        'kinds = ("hard", "soft") if is_short else ("soft",)',
        'kinds = ("soft",)',
        "test_discrepancy.py",
        "lock",
    ),
    Mutation(
        "a limit limits nothing",
        RULES,
        "and exceeds(row.quantity, allowed, self.digits)",
        "and False",
        "test_backorder_limit.py",
    ),
    Mutation(
        "a confirmed line grows unchecked",
        LINE,
        "if product.uom_id.compare(delta, 0) > 0:",
        "if False:",
        "test_override.py",
        "increase",
    ),
    Mutation(
        "demand that moves is decided on again",
        DECISION,
        "        if not moved:\n            return demand\n        added = []",
        "        return demand\n        added = []",
        "test_split.py",
        "moved_demand",
    ),
    # Approvals
    Mutation(
        "everybody approves their own request",
        APPROVAL,
        "        self._check_decision(reason)\n        self._check_not_own()\n",
        "        self._check_decision(reason)\n",
        "test_override.py",
        "own",
    ),
    Mutation(
        "an approval covers what it never saw",
        APPROVAL,
        "        self._check_terms()\n        self._refresh_stakes()\n",
        "        self._refresh_stakes()\n",
        "test_verdict.py test_handshake_loopholes.py",
        "shown_quantity or warehouse",
    ),
    Mutation(
        "no limit of an approver",
        APPROVAL,
        "beyond = self.filtered(lambda request: not request._is_within_limits())",
        "beyond = self.browse()",
        "test_override.py",
        "limit",
    ),
    Mutation(
        "a request is decided twice",
        APPROVAL,
        'if any(request.state != "pending" for request in self):',
        "if False:",
        "test_verdict.py",
        "decided_once",
    ),
    Mutation(
        "a rejection frees stock for nobody",
        APPROVAL,
        "        confirmed._cancel_rejected()\n        self._enqueue_backordered()\n",
        "        confirmed._cancel_rejected()\n",
        "test_override.py",
        "rejection_retries",
    ),
    # The queue
    Mutation(
        "stock that arrives tells nobody",
        RETRY,
        "        if not sources:\n            return self.browse()\n",
        "        if True:\n            return self.browse()\n",
        "test_retry.py",
        "count or cancelled",
    ),
    Mutation(
        "the scheduled action is not called",
        RETRY,
        "        self._trigger()\n        return entries",
        "        return entries",
        "soak",
    ),
    Mutation(
        "a pass forgets how far it came",
        RETRY,
        '            self[0].position = queue[-1]["position"]\n',
        "",
        "test_retry.py",
        "retry_continues",
    ),
    Mutation(
        "a recount is skipped",
        RETRY,
        '        self.env["backorder.override"]._settle_pending(product, warehouse)\n',
        "",
        "test_verdict.py test_override.py test_retry.py",
    ),
    Mutation(
        "a savepoint is forgotten",
        RETRY,
        "            with self.env.cr.savepoint():\n"
        "                moves._reserve_in_order()",
        "            if True:\n                moves._reserve_in_order()",
        "test_retry.py",
        "failure",
    ),
    Mutation(
        "one failure stops the batch",
        RETRY,
        "failures = self._try_one_by_one(queue) if error else {}",
        "failures = {}",
        "test_retry.py",
        "failure",
    ),
    Mutation(
        "priority does not count",
        QUEUE,
        "                 ORDER BY rank.value, queued.since, COALESCE(so.id, move.id)",
        "                 ORDER BY queued.since, COALESCE(so.id, move.id)",
        "test_retry.py",
        "priority",
    ),
    Mutation(
        "orders on hold are served",
        QUEUE,
        "            AND COALESCE(so.backorder_state, 'none') != 'on_hold'\n",
        "",
        "test_retry.py",
        "hold",
    ),
    # States and the log
    Mutation(
        "the age begins again",
        ORDER,
        "sinces = filter(None, (since, inherited.get(order.id)))",
        "sinces = filter(None, (inherited.get(order.id),))",
        "test_backorder_state.py",
        "since",
    ),
    Mutation(
        "an episode is not logged",
        ORDER,
        "        self._log_transitions(before)\n",
        "",
        "test_backorder_state.py",
        "episode",
    ),
    Mutation(
        "stock goes below zero",
        NEGATIVE,
        "        if refused:\n            self._refuse_negatives(refused)\n",
        "",
        "test_negative_stock.py",
        "refus",
    ),
    Mutation(
        "a seal does not hold the one before",
        SEAL,
        "hash_ = get_seal_hash(previous, digest)",
        'hash_ = get_seal_hash("", digest)',
        "addons/backorder_atp_audit/tests",
        where=FEATURES,
    ),
    # Programs
    Mutation(
        "a repeated request is processed again",
        KEY,
        "        if stored and stored.status:\n",
        "        if False:\n",
        "addons/backorder_atp_fastapi/tests/test_idempotency.py",
        where=ADDONS,
    ),
    Mutation(
        "an answer is not kept",
        KEY,
        "            stored._finish(status, body)\n",
        "            pass\n",
        "addons/backorder_atp_fastapi/tests/test_idempotency.py",
        where=ADDONS,
    ),
    Mutation(
        "a key is good for any request",
        REQUEST,
        "if request and request.fingerprint != fingerprint:",
        "if False:",
        "addons/backorder_atp_fastapi/tests/test_idempotency.py",
        where=ADDONS,
    ),
]
