# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from contextlib import contextmanager, suppress
from types import MappingProxyType

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import LockNotAvailable

from odoo import api, models
from odoo.tools import SQL, OrderedSet

from ..locking import FreshCursor
from ..transaction import TransactionDict, TransactionVar

# How long a decision waits for another one, or for a transaction to end.
LOCK_TIMEOUT = "10s"
# The first keys of the advisory locks, to keep them apart from others: of a product
# and warehouse, and of a transaction with claims.
LOCK_SPACE = 0x6A7B
TRANSACTION_SPACE = 0x6A7D
# Products and warehouses share 1024 locks, as PostgreSQL has room for some thousands.
LOCK_MASK = 1023
# Every so many transactions one deletes the claims that nobody needs any more.
SWEEPING_INTERVAL = 50

# The promises that this transaction's snapshot does not contain: lists of
# ``(transaction id, quantity)`` by product and warehouse.
UNSEEN = TransactionDict("backorder_atp.unseen_promises")
# Quantities by product and warehouse that the running operation has claimed already.
CLAIMED = TransactionVar(MappingProxyType({}))


class StockPromiseGuard(models.AbstractModel):
    """Promises in flight: transactions that promise one stock at the same time.

    Odoo's transactions read one snapshot: none sees what another promises meanwhile.
    Each decision therefore *claims* its quantity in a short transaction of its own,
    and reads the claims of the others there, one decision after the other for each
    product and warehouse. It takes a few milliseconds; everything else that confirming
    an order does happens in parallel.

    A claim bears the id of the transaction that promises. It counts while that
    transaction is invisible to the reader's snapshot and has not been rolled back: the
    commit makes the promise visible and the claim void in the same instant, and after
    a rollback or crash it is void as well. Nothing has to be cleaned up to be correct.
    """

    _name = "stock.promise.guard"
    _description = "Promise Guard"

    def init(self):
        # unlogged: no transaction survives a crash, so its claims need not either
        self.env.cr.execute(
            SQL(
                """CREATE UNLOGGED TABLE IF NOT EXISTS stock_promise_claim (
                       product_id integer NOT NULL,
                       warehouse_id integer NOT NULL,
                       quantity float8,
                       transaction_id xid8 NOT NULL,
                       server_started timestamptz NOT NULL
                   );
                   CREATE INDEX IF NOT EXISTS stock_promise_claim_key_idx
                       ON stock_promise_claim (product_id, warehouse_id)"""
            )
        )

    # ------------------------------------------------------------------
    # Promising
    # ------------------------------------------------------------------

    @contextmanager
    def _claiming(self, quantities):
        """Claim ``quantities`` once for all decisions about them within this context.

        Claimed again, they would have to stand back behind what others claimed since.
        """
        self._claim(quantities)
        claimed = CLAIMED.get(self.env.cr)
        with CLAIMED.setting(self.env.cr, {**claimed, **quantities}):
            yield

    def _claim(self, quantities):
        """Claim what this transaction is about to promise, and learn of other claims.

        From then on ``stock.availability`` deducts the promises of others that the
        snapshot does not contain.

        :param quantities: ``{(product_id, warehouse_id): quantity}`` in the product's
            unit
        :raise SerializationFailure: if a change of unknown size, see :meth:`_touch`,
            was committed after this transaction began; Odoo retries the request
        """
        claimed = CLAIMED.get(self.env.cr)
        quantities = {
            key: quantity - claimed.get(key, 0.0)
            for key, quantity in quantities.items()
            if key not in claimed or quantity > claimed[key]
        }
        if not quantities:
            return
        claims = defaultdict(list, {key: [] for key in quantities})
        changes = OrderedSet()
        for key, transaction_id, quantity in self._exchange_claims(quantities):
            if quantity is None:
                changes.add(transaction_id)
            else:
                claims[key].append((transaction_id, quantity))
        self._require_undone(changes)
        UNSEEN.put_all(self.env.cr, claims)

    def _touch(self, keys):
        """Keep decisions about ``keys`` and this transaction apart.

        For changes other than promises, such as those of policies and locks. Of two
        transactions at the same time, the later one waits for the other and is retried.

        :param keys: ``(product_id, warehouse_id)`` pairs
        :raise SerializationFailure: when a decision about one of the keys was committed
            after this transaction began; Odoo retries the request
        """
        if not keys:
            return
        claims = self._exchange_claims(dict.fromkeys(keys))
        self._require_undone(OrderedSet(row[1] for row in claims))

    def _require_undone(self, transaction_ids):
        """Wait for these transactions; fail if one of them was committed."""
        if not transaction_ids:
            return
        self._wait_for(transaction_ids)
        if len(self._filter_undone(transaction_ids)) < len(transaction_ids):
            self._fail_for_retry()

    def _fail_for_retry(self):
        """Fail as PostgreSQL does when a snapshot is too old; Odoo retries the call."""
        self.env.cr.execute(
            SQL(
                """DO $$ BEGIN
                       RAISE EXCEPTION 'the stock was changed by another transaction'
                             USING ERRCODE = 'serialization_failure';
                   END $$"""
            ),
            log_exceptions=False,
        )

    # ------------------------------------------------------------------
    # Promises of others
    # ------------------------------------------------------------------

    @api.model
    def _get_unseen_quantities(self):
        """Return ``{(product_id, warehouse_id): quantity}`` that others promised since
        this transaction began, as far as it has claimed the same stock."""
        return {
            key: sum(quantity for _transaction_id, quantity in claims)
            for key, claims in UNSEEN.get_all(self.env.cr).items()
            if claims
        }

    def _settle_unseen(self, keys):
        """Wait for the promises of others about ``keys``.

        If they fail, their stock counts again.

        :raise SerializationFailure: if one of them was kept; Odoo retries the request,
            which sees it then
        """
        unseen = UNSEEN.get_all(self.env.cr)
        self._require_undone(
            OrderedSet(row[0] for key in keys for row in unseen.get(key, ()))
        )
        UNSEEN.put_all(self.env.cr, {key: [] for key in keys})

    def _wait_for(self, transaction_ids):
        """Wait until these transactions have ended, for :data:`LOCK_TIMEOUT` at most.

        Each holds an advisory lock until its end. This connection waits for it, so
        that PostgreSQL detects deadlocks.
        """
        self.env.cr.execute(SQL("SAVEPOINT waiting"))
        with suppress(LockNotAvailable):  # after the timeout their claims still count
            self.env.cr.execute(
                SQL(
                    """SET LOCAL lock_timeout = %s;
                       SELECT pg_advisory_xact_lock_shared(
                                  %s, (id %% 2147483648)::int)
                         FROM unnest(%s::bigint[]) AS ended (id)""",
                    LOCK_TIMEOUT,
                    TRANSACTION_SPACE,
                    list(transaction_ids),
                ),
                log_exceptions=False,
            )
        # neither the timeout nor the locks are needed any more
        self.env.cr.execute(SQL("ROLLBACK TO SAVEPOINT waiting"))

    def _filter_undone(self, transaction_ids):
        """Return those of these transactions that were rolled back."""
        self.env.cr.execute(
            SQL(
                """SELECT id FROM unnest(%s::bigint[]) AS ended (id)
                    WHERE pg_xact_status(id::text::xid8) = 'aborted'""",
                list(transaction_ids),
            )
        )
        return {id_ for (id_,) in self.env.cr.fetchall()}

    # ------------------------------------------------------------------
    # The exchange of claims
    # ------------------------------------------------------------------

    def _exchange_claims(self, quantities):
        """Store claims for ``quantities``; return the earlier ones that count.

        :param quantities: ``{(product_id, warehouse_id): quantity or None}``
        :return: ``[((product_id, warehouse_id), transaction id, quantity or None)]``
        """
        transaction_id, snapshot = self._mark_transaction()
        side = FreshCursor.open(self.env.cr.dbname)
        if not side:
            self._fail_for_retry()
        try:
            self._store_claims(side.cr, quantities, transaction_id, snapshot)
            rows = side.cr.fetchall()
            if not transaction_id % SWEEPING_INTERVAL:
                self._delete_spent(side.cr)
            side.cr.commit()
        except (OperationalError, InterfaceError):  # too late, or connection lost
            self._fail_for_retry()
        finally:
            side.close()
        return [((row[0], row[1]), *row[2:]) for row in rows]

    def _mark_transaction(self):
        """Return the id and the snapshot of this transaction, and lock its id.

        Others wait for this lock when they need to know how it ends.
        """
        self.env.cr.execute(
            SQL(
                """SELECT id, pg_current_snapshot()::text,
                          pg_advisory_xact_lock(%s, (id %% 2147483648)::int)
                     FROM (SELECT pg_current_xact_id()::text::bigint AS id) own""",
                TRANSACTION_SPACE,
            )
        )
        return self.env.cr.fetchone()[:2]

    def _store_claims(self, side_cr, quantities, transaction_id, snapshot):
        """Store claims one decision after the other, then read those of others.

        Locks are taken in the order of their numbers, which avoids deadlocks.
        """
        keys = sorted(quantities)
        columns = SQL(
            "%s::int[], %s::int[], %s::float8[]",
            [key[0] for key in keys],
            [key[1] for key in keys],
            [quantities[key] for key in keys],
        )
        side_cr.execute(
            SQL(
                """
                SET LOCAL lock_timeout = %(timeout)s;
                SET LOCAL synchronous_commit = off;
                SELECT pg_advisory_xact_lock(%(space)s, number)
                  FROM (SELECT DISTINCT hashint8(
                               product_id::int8 << 32 | warehouse_id) & %(mask)s
                          FROM unnest(%(columns)s)
                               AS key (product_id, warehouse_id, quantity)
                         ORDER BY 1) AS slot (number);
                INSERT INTO stock_promise_claim
                SELECT product_id, warehouse_id, quantity, %(id)s::text::xid8,
                       pg_postmaster_start_time()
                  FROM unnest(%(columns)s) AS key (product_id, warehouse_id, quantity);
                SELECT claim.product_id, claim.warehouse_id,
                       claim.transaction_id::text::bigint, claim.quantity
                  FROM unnest(%(columns)s) AS key (product_id, warehouse_id, quantity)
                  JOIN stock_promise_claim claim USING (product_id, warehouse_id)
                 WHERE claim.transaction_id != %(id)s::text::xid8
                   AND CASE WHEN claim.server_started != pg_postmaster_start_time()
                            THEN FALSE
                            WHEN pg_visible_in_snapshot(
                                     claim.transaction_id, %(snapshot)s::pg_snapshot)
                            THEN FALSE
                            ELSE pg_xact_status(claim.transaction_id)
                                 IS DISTINCT FROM 'aborted' END
                """,
                timeout=LOCK_TIMEOUT,
                space=LOCK_SPACE,
                mask=LOCK_MASK,
                columns=columns,
                id=transaction_id,
                snapshot=snapshot,
            ),
            log_exceptions=False,
        )

    def _delete_spent(self, cr):
        """Delete the claims that no running transaction can still need."""
        cr.execute(
            SQL(
                """
                DELETE FROM stock_promise_claim
                 WHERE server_started != pg_postmaster_start_time()
                    OR age(transaction_id::xid) > (
                           SELECT MAX(age(backend_xmin)) FROM pg_stat_activity)
                """
            )
        )

    @api.autovacuum
    def _gc_claims(self):
        self._delete_spent(self.env.cr)
