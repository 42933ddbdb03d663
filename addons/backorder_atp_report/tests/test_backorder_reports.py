# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import random
import statistics
from collections import Counter, defaultdict
from datetime import timedelta
from io import BytesIO
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from lxml import html
from psycopg2.extras import execute_values
from pypdf import PdfReader

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.models import BaseModel
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.backorder_atp.tests.common import BackorderCommon

ORDERS = 150
SEED = 20240229
RATES = ("median_hours", "average_hours", "on_target_rate", "fulfilment_rate")


class BackorderHistory(BackorderCommon):
    """A year of episodes, inserted into the log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(SEED)
        cls.now = fields.Datetime.now()
        cls.products = [cls._create_product(f"Part {n}") for n in range(6)]
        cls.rows = []
        cls.confirmed = {}
        cls._make_orders()
        for order in cls.orders:
            cls._make_story(order)
        cls._write_log()

    @classmethod
    def _make_orders(cls):
        line = {"product_id": cls.products[0].id, "product_uom_qty": 1}
        cls.orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": cls.customer.id,
                    "company_id": cls.company.id,
                    "order_line": [fields.Command.create(line)],
                }
                for _ in range(ORDERS)
            ]
        )
        cls.env.flush_all()
        for order in cls.orders:
            date = cls._get_moment(cls.now - timedelta(days=360))
            cls.confirmed[order.id] = date
            cls.env.cr.execute(
                "UPDATE sale_order SET state = 'sale', date_order = %s WHERE id = %s",
                (date, order.id),
            )
        cls.env.invalidate_all()

    @classmethod
    def _get_moment(cls, since):
        """Return a random time between then and now, to the second."""
        seconds = int((cls.now - since).total_seconds())
        return since + timedelta(seconds=cls.random.randrange(1, max(2, seconds)))

    @classmethod
    def _make_story(cls, order):
        """Create up to two episodes of an order, some of them with holds."""
        date = cls.confirmed[order.id]
        for _ in range(cls.random.choice([0, 1, 1, 2])):
            date += timedelta(minutes=cls.random.randrange(1, 9 * 24 * 60))
            if date >= cls.now:
                return
            backordered = date
            cls._record("order:backordered", order, date, cls._get_opening(date))
            if cls.random.random() < 0.2:
                held = cls._get_moment(date)
                cls._record("order:on_hold", order, held, {})
            hours = cls.random.choice([2, 10, 23, 30, 200, 900])
            date += timedelta(minutes=cls.random.randrange(1, hours * 60))
            if date >= cls.now or cls.random.random() < 0.1:
                return
            ending = {"backorderedSince": fields.Datetime.to_string(backordered)}
            if cls.random.random() < 0.1:
                ending["cancelled"] = True
            source = cls.random.choice(["receipt:IN/1"] * 8 + ["split:mary"])
            cls._record("order:backorder_resolved", order, date, ending, source)

    @classmethod
    def _get_opening(cls, date):
        products = cls.random.sample(cls.products, cls.random.randrange(1, 4))
        return {
            "backorderedSince": fields.Datetime.to_string(date),
            "lines": [
                {
                    "productId": product.id,
                    "warehouseId": cls.warehouse.id,
                    "shortfall": cls.random.randrange(1, 20),
                }
                for product in products
            ],
        }

    @classmethod
    def _record(cls, event_type, order, date, payload, source=None):
        cls.rows.append(
            {
                "event_type": event_type,
                "order_id": order.id,
                "order_name": order.name,
                "date": date,
                "payload": payload,
                "trigger_source": source,
            }
        )

    @classmethod
    def _write_log(cls):
        """Insert the rows in random order, as only their date counts."""
        rows = cls.random.sample(cls.rows, len(cls.rows))
        execute_values(
            cls.env.cr._obj,
            "INSERT INTO backorder_event (event_type, order_id, order_name, date,"
            " payload, trigger_source, company_id) VALUES %s",
            [
                (
                    row["event_type"],
                    row["order_id"],
                    row["order_name"],
                    row["date"],
                    json.dumps(row["payload"]),
                    row["trigger_source"],
                    cls.company.id,
                )
                for row in rows
            ],
        )


@tagged("post_install", "-at_install")
class TestBackorderHistory(BackorderHistory):
    """The figures of the reports equal a recount in Python."""

    # ------------------------------------------------------------------
    # The recount
    # ------------------------------------------------------------------

    def _recount_episodes(self):
        """Return ``[{order_id, start, end, outcome, hours}]``, event by event."""
        episodes, running = [], {}
        for row in sorted(self.rows, key=lambda row: row["date"]):
            if row["event_type"] == "order:backordered":
                running[row["order_id"]] = row["date"]
            elif row["event_type"] == "order:backorder_resolved":
                start = running.pop(row["order_id"])
                episodes.append(self._recount_end(row, start))
        for order_id, start in running.items():
            episodes.append(
                {"order": order_id, "start": start, "end": None, "outcome": "open"}
            )
        return episodes

    def _recount_end(self, row, start):
        if row["payload"].get("cancelled"):
            outcome = "cancelled"
        elif row["trigger_source"].startswith("split:"):
            outcome = "split"
        else:
            outcome = "filled"
        hours = (row["date"] - start).total_seconds() / 3600
        return {
            "order": row["order_id"],
            "start": start,
            "end": row["date"],
            "outcome": outcome,
            "hours": hours,
        }

    def _recount(self, start, end):
        """Return the figures of the period from ``start`` to before ``end``."""
        episodes = self._recount_episodes()

        def is_inside(date):
            return date is not None and start <= date < end

        filled = [
            episode["hours"]
            for episode in episodes
            if episode["outcome"] == "filled" and is_inside(episode["end"])
        ]
        backordered = {
            episode["order"]
            for episode in episodes
            if episode["start"] < end
            and (episode["end"] is None or episode["end"] >= end)
        }
        on_hold = self._get_held_by(end) & backordered
        held = {
            row["order_id"]
            for row in self.rows
            if row["event_type"] == "order:on_hold" and is_inside(row["date"])
        }
        confirmed = {id_ for id_, date in self.confirmed.items() if is_inside(date)}
        return {
            "opened_count": sum(is_inside(episode["start"]) for episode in episodes),
            "filled_count": len(filled),
            "cancelled_count": sum(
                episode["outcome"] == "cancelled" and is_inside(episode["end"])
                for episode in episodes
            ),
            "held_count": len(held),
            "open_count": len(backordered - on_hold),
            "held_open_count": len(on_hold),
            "median_hours": statistics.median(filled) if filled else 0,
            "average_hours": statistics.mean(filled) if filled else 0,
            "on_target_rate": 100 * sum(hours <= 24 for hours in filled) / len(filled)
            if filled
            else 0,
            "confirmed_count": len(confirmed),
            "fulfilment_rate": 100 * len(confirmed - backordered) / len(confirmed)
            if confirmed
            else 0,
        }

    def _get_held_by(self, end):
        """Return the orders put on hold until then; none is released here.

        For the current period, the orders count, and none of them is on hold.
        """
        if end > self.now:
            return set()
        return {
            row["order_id"]
            for row in self.rows
            if row["event_type"] == "order:on_hold" and row["date"] < end
        }

    def _get_periods(self, period_type):
        return self.env["backorder.period"].search(
            [
                ("company_id", "=", self.company.id),
                ("period_type", "=", period_type),
            ],
            order="date_from",
        )

    # ------------------------------------------------------------------
    # Months and quarters
    # ------------------------------------------------------------------

    def _check_periods(self, period_type, months):
        periods = self._get_periods(period_type)
        self.assertEqual(
            sum(periods.mapped("opened_count")),
            Counter(row["event_type"] for row in self.rows)["order:backordered"],
        )
        last_open = 0
        for period in periods:
            start = fields.Datetime.to_datetime(period.date_from)
            expected = self._recount(start, start + relativedelta(months=months))
            with self.subTest(period=period.date_from):
                for name, value in expected.items():
                    self.assertAlmostEqual(period[name], value, 6, name)
                self.assertEqual(period.open_change, period.open_count - last_open)
            last_open = period.open_count
        return periods

    def test_reports_are_not_compiled(self):
        """C11: JIT compilation takes longer than the queries."""
        shown = []

        def record(records, *args):
            records.env.cr.execute("SHOW jit")
            shown.append(records.env.cr.fetchone()[0])
            return fetch(records, *args)

        fetch = BaseModel._fetch_query
        self.env.cr.execute("SET LOCAL jit TO DEFAULT; SHOW jit")
        [usual] = self.env.cr.fetchone()
        with patch.object(BaseModel, "_fetch_query", record):
            self.env["backorder.period"].search([])
        self.assertEqual(shown, ["off"])
        self.env.cr.execute("SHOW jit")
        self.assertEqual(self.env.cr.fetchone(), (usual,))

    def test_months(self):
        """C11, E7: each month equals a recount, including the current one."""
        periods = self._check_periods("month", 1)
        self.assertGreaterEqual(len(periods), 12)
        self.assertEqual(periods[-1].date_from, self.now.date().replace(day=1))

    def test_quarters(self):
        """C11: the median time to allocation, quarter by quarter."""
        periods = self._check_periods("quarter", 3)
        self.assertTrue(all(periods[:-1].mapped("median_hours")))

    def test_any_period(self):
        """C11: the report accepts any period, not only months."""
        self.env.flush_all()
        start, end = self.now - timedelta(days=100), self.now - timedelta(days=17)
        figures = self.env["backorder.period"]._get_figures(self.company, start, end)
        for name, value in self._recount(start, end).items():
            self.assertAlmostEqual(figures[name] or 0, value, 6, name)

    def test_target_is_a_setting_of_the_company(self):
        """E7: with a longer target, more backorders are within it."""
        before = self._get_periods("quarter")[:1].on_target_rate
        self.company.backorder_target_hours = 10000
        self.env.invalidate_all()
        period = self._get_periods("quarter")[:1]
        self.assertLess(before, 100)
        self.assertEqual(period.on_target_rate, 100)

    def test_other_companies_are_hidden(self):
        """C10: users see the history of their companies only."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for model in ("episode", "period", "frequency"):
            records = self._as("viewer", self.env[f"backorder.{model}"])
            self.assertTrue(records.search([]), model)
            self.users["viewer"].company_ids += other
            foreign = records.with_context(allowed_company_ids=other.ids)
            self.assertFalse(foreign.search([]), model)
        with self.assertRaisesRegex(AccessError, "access"):
            self.env["backorder.period"].with_user(self.users["sales"]).search([])

    # ------------------------------------------------------------------
    # Episodes
    # ------------------------------------------------------------------

    def test_episodes(self):
        """C8, C11: each episode of the year, with its duration and outcome."""
        found = self.env["backorder.episode"].search(
            [("company_id", "=", self.company.id)]
        )
        expected = self._recount_episodes()
        self.assertEqual(len(found), len(expected))
        self.assertEqual(
            {
                (row.order_id.id, row.start_date, row.end_date or None, row.outcome)
                for row in found
            },
            {
                (row["order"], row["start"], row["end"], row["outcome"])
                for row in expected
            },
        )
        self.assertEqual(
            set(found.mapped("outcome")), {"open", "filled", "split", "cancelled"}
        )

    def test_average_time_to_fulfil(self):
        """E7: the average of the filled episodes."""
        hours = [
            row["hours"]
            for row in self._recount_episodes()
            if row["outcome"] == "filled"
        ]
        [[average, rate]] = self.env["backorder.episode"]._read_group(
            [("company_id", "=", self.company.id), ("outcome", "=", "filled")],
            aggregates=["hours:avg", "on_target_rate:avg"],
        )
        self.assertAlmostEqual(average, statistics.mean(hours), 6)
        on_target = sum(hour <= 24 for hour in hours)
        self.assertAlmostEqual(float(rate), 100 * on_target / len(hours), 6)

    def test_archived_start(self):
        """C8: the end still gives the duration after the start was archived."""
        order = self._create_order()
        end = self.now - timedelta(hours=1)
        payload = {
            "backorderedSince": fields.Datetime.to_string(end - timedelta(hours=7))
        }
        self.rows = []
        self.__class__._record(
            "order:backorder_resolved", order, end, payload, "receipt"
        )
        rows, type(self).rows = type(self).rows, type(self).rows[-1:]
        self.addCleanup(setattr, type(self), "rows", rows[:-1])
        self._write_log()
        episode = self.env["backorder.episode"].search([("order_id", "=", order.id)])
        self.assertEqual((episode.hours, episode.outcome), (7, "filled"))

    # ------------------------------------------------------------------
    # Frequency
    # ------------------------------------------------------------------

    def test_frequency(self):
        """D10: how often each product caused backorders, by month."""
        expected, quantities = Counter(), defaultdict(float)
        for row in self.rows:
            for line in row["payload"].get("lines", ()):
                month = row["date"].replace(day=1, hour=0, minute=0, second=0)
                expected[line["productId"], month] += 1
                quantities[line["productId"]] += line["shortfall"]
        records = self.env["backorder.frequency"].with_context(tz="UTC")
        groups = records._read_group(
            [("company_id", "=", self.company.id)],
            ["product_id", "date:month"],
            ["__count"],
        )
        self.assertEqual(
            {(product.id, month): count for product, month, count in groups}, expected
        )
        for product, quantity in records._read_group(
            [("company_id", "=", self.company.id)], ["product_id"], ["quantity:sum"]
        ):
            self.assertEqual(quantity, quantities[product.id])

    # ------------------------------------------------------------------
    # The report
    # ------------------------------------------------------------------

    def _create_summary(self, **values):
        return self.env["backorder.summary"].create(
            {
                "company_id": self.company.id,
                "date_from": self.now.date() - timedelta(days=90),
                "date_to": self.now.date() - timedelta(days=3),
                **values,
            }
        )

    def test_figures_of_the_report(self):
        """C11: the period of the printed report, and the same number of days before."""
        summary = self._create_summary()
        figures = summary._get_figures()
        start = fields.Datetime.to_datetime(summary.date_from)
        end = fields.Datetime.to_datetime(summary.date_to) + timedelta(days=1)
        expected = self._recount(start, end)
        before = self._recount(start - (end - start), start)
        for name, value in expected.items():
            self.assertAlmostEqual(figures["period"][name] or 0, value, 6, name)
        self.assertEqual(
            figures["period"]["open_change"],
            expected["open_count"] - before["open_count"],
        )
        months = figures["months"]
        self.assertEqual(len(months), 12)
        self.assertEqual(
            max(month["opened_height"] for month in months)
            if max(m["opened"] for m in months) >= max(m["filled"] for m in months)
            else max(month["filled_height"] for month in months),
            100,
        )

    def test_report_is_rendered(self):
        """C11: the report shows its figures, its chart and its tables."""
        self._confirm((self.backorderable, 7), backorder_priority="urgent")
        summary = self._create_summary()
        content, _type = self.env["ir.actions.report"]._render_qweb_html(
            "backorder_atp_report.report_backorder", summary.ids
        )
        page = html.fromstring(content)
        text = " ".join(page.text_content().split())
        figures = summary._get_figures()["period"]
        self.assertIn(f"{figures['median_hours']:.1f} h", text)
        self.assertIn(f"{figures['opened_count']} new backorders", text)
        self.assertIn("98.0 %", text)
        self.assertIn("Urgent", text)
        self.assertIn("Backorderable", text)
        self.assertIn("Needs Additional Purchase", text)
        self.assertIn(
            f"Median time to allocation {figures['median_hours']:.1f} h", text
        )

    def _render(self, summary):
        content, _type = self.env["ir.actions.report"]._render_qweb_html(
            "backorder_atp_report.report_backorder", summary.ids
        )
        return html.fromstring(content)

    def test_chart_shows_every_month(self):
        """C11: two bars per month, scaled to the highest count."""
        summary = self._create_summary()
        page = self._render(summary)
        months = summary._get_figures()["months"]
        highest = max(max(month["opened"], month["filled"]) for month in months)
        bars = page.xpath("//svg/g")
        self.assertEqual(len(bars), 12)
        for bar, month in zip(bars, months, strict=True):
            texts = [text.text for text in bar.xpath("./text")]
            self.assertEqual(
                texts, [str(month["opened"]), str(month["filled"]), month["label"]]
            )
            for rect, name in zip(
                bar.xpath("./rect"), ("opened", "filled"), strict=True
            ):
                height = float(rect.get("height"))
                self.assertAlmostEqual(height, 130 * month[name] / highest, 6)
                self.assertAlmostEqual(float(rect.get("y")) + height, 150, 6)
                self.assertLessEqual(float(rect.get("x")) + 20, 680)

    def test_tables_of_the_report_equal_a_recount(self):
        """C11, D3: the ten products with most backorders times shortage."""
        backordered = defaultdict(list)
        for number in range(12):
            product = self._create_product(
                f"Ranked {number}", allow_backorder="yes", default_code=f"R{number}"
            )
            for _ in range(self.random.randrange(1, 4)):
                quantity = self.random.randrange(1, 30)
                self._confirm((product, quantity))
                backordered[product.display_name].append(quantity)
        ranked = sorted(
            backordered,
            key=lambda name: -len(backordered[name]) * sum(backordered[name]),
        )
        page = self._render(self._create_summary())
        table = page.xpath("//h4[.='Products to reorder first']/..//tbody")[0]
        rows = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
            for row in table.xpath("./tr")
        ]
        self.assertEqual(len(rows), 10)
        impact = [float(row[2]) * float(row[3]) for row in rows]
        self.assertEqual(
            impact,
            [len(backordered[name]) * sum(backordered[name]) for name in ranked[:10]],
        )
        for row in rows:
            quantities = backordered[row[0]]
            self.assertEqual(float(row[2]), len(quantities))
            self.assertEqual(float(row[3]), sum(quantities))
            self.assertAlmostEqual(
                float(row[4]), sum(quantities) / len(quantities), delta=0.006
            )
        [status] = page.xpath("//h4[.='By status']/..//tbody/tr")
        cells = [" ".join(cell.text_content().split()) for cell in status.xpath("./td")]
        self.assertEqual(cells[0], "Backordered")
        self.assertEqual(float(cells[1]), sum(map(len, backordered.values())))
        self.assertEqual(
            float(cells[2].replace(",", "")), sum(map(sum, backordered.values()))
        )

    def test_report_is_printed_as_pdf(self):
        """C11: the button prints the page as PDF."""
        self.company.external_report_layout_id = self.env.ref(
            "web.report_layout_standard"
        ).view_id
        reports = self.env.registry["ir.actions.report"]
        self.patch(reports, "get_wkhtmltopdf_state", lambda _self: "ok")
        action = self._create_summary().action_print()
        self.assertEqual(action["report_type"], "qweb-pdf")
        self.assertEqual(action["report_name"], "backorder_atp_report.report_backorder")

    def test_report_is_printed_without_wkhtmltopdf(self):
        """C11: if it is missing, a browser prints the page."""
        reports = self.env.registry["ir.actions.report"]
        self.patch(reports, "get_wkhtmltopdf_state", lambda _self: "install")
        summary = self._create_summary()
        report = self.env.ref("backorder_atp_report.action_report_backorder")
        self.assertEqual(
            summary.action_print()["url"],
            f"/report/pdf/backorder_atp_report.report_backorder/{summary.id}",
        )
        content, kind = report.with_context(
            force_report_rendering=True
        )._render_qweb_pdf(report, summary.ids)
        self.assertEqual(kind, "pdf")
        text = "".join(
            page.extract_text() for page in PdfReader(BytesIO(content)).pages
        )
        self.assertIn("Promise Keepers", text)
        self.patch(reports, "_get_pdf_browser", lambda _self: None)
        with self.assertRaisesRegex(UserError, "install Wkhtmltopdf or Chromium"):
            report.with_context(force_report_rendering=True)._render_qweb_pdf(
                report, summary.ids
            )

    def test_report_is_a_page_without_a_printer(self):
        """C11: if the server cannot create PDFs, the button opens the page."""
        reports = self.env.registry["ir.actions.report"]
        self.patch(reports, "get_wkhtmltopdf_state", lambda _self: "broken")
        self.patch(reports, "_get_pdf_browser", lambda _self: "/usr/bin/chromium")
        self.assertFalse(self._create_summary().is_printer_missing)
        self.patch(reports, "_get_pdf_browser", lambda _self: None)
        summary = self._create_summary()
        self.assertTrue(summary.is_printer_missing)
        self.assertEqual(
            summary.action_print()["url"],
            f"/report/html/backorder_atp_report.report_backorder/{summary.id}",
        )
        form = html.fromstring(summary.get_view(view_type="form")["arch"])
        [sentence] = form.xpath("//div[@invisible='not is_printer_missing']")
        self.assertIn("neither Wkhtmltopdf nor Chromium", sentence.text)

    def test_page_needs_no_internet(self):
        """C11: the chart is part of the page, and styles come from the server."""
        self._confirm((self.backorderable, 3))
        summary = self._create_summary()
        page = html.fromstring(
            self.env["ir.actions.report"]._render_qweb_html(
                "backorder_atp_report.report_backorder", summary.ids
            )[0]
        )
        self.assertTrue(page.xpath("//*[local-name()='svg']"))
        base = self.env["ir.actions.report"]._get_report_url()
        for url in page.xpath("//link/@href | //*/@src"):
            with self.subTest(url=url[:80]):
                self.assertTrue(url.startswith(("/", "data:", base)))
                self.assertFalse(url.startswith("//"))

    def test_report_that_cannot_be_sent_is_listed(self):
        """C11: a failed monthly report is listed until it is sent."""
        self.users["manager"].email = "manager@example.com"
        self.company.backorder_report_mail = True
        template = self.env.ref("backorder_atp_report.mail_template_backorder_summary")
        subject, template.subject = template.subject, "{{ object.no_such_field }}"
        with mute_logger(
            "odoo.addons.backorder_atp.wizards.backorder_summary",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            self._send()
        failures = self.env["backorder.failure"].search([("task", "=", "summary")])
        self.assertEqual(failures.company_id, self.company)
        template.subject = subject
        self._send()
        self.assertFalse(failures.exists())
        self.assertTrue(self.company.backorder_report_sent)

    def test_report_is_for_managers(self):
        """C10: only inventory managers print it, for their companies."""
        summary = self._as("manager", self.env["backorder.summary"]).create({})
        self.assertEqual(summary.company_id, self.company)
        self.assertTrue(summary.action_print())
        with self.assertRaisesRegex(AccessError, "not allowed"):
            self._as("operator", self.env["backorder.summary"]).create({})
        other = self.env["res.company"].create({"name": "Elsewhere"})
        summary.sudo().company_id = other
        with self.assertRaisesRegex(AccessError, "not have access"):
            summary._get_figures()

    def test_period_of_the_report(self):
        """C11: an end before the start is refused."""
        with self.assertRaisesRegex(ValidationError, "must not be before its start"):
            self._create_summary(date_to=self.now.date() - timedelta(days=91))

    # ------------------------------------------------------------------
    # Monthly email
    # ------------------------------------------------------------------

    def _send(self):
        """Run the scheduled action and return its emails."""
        before = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("backorder_atp_report.ir_cron_summary").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - before

    def test_monthly_email(self):
        """C11: managers get last month's report once, if the company enables it."""
        managers = self.users["manager"] | self.users["finance"]
        managers.email = "managers@example.com"
        self.assertFalse(self._send())
        self.company.backorder_report_mail = True
        mail = self._send()
        self.assertEqual(len(mail), 1)
        self.assertLessEqual(managers.partner_id, mail.recipient_ids)
        self.assertNotIn(self.users["operator"].partner_id, mail.recipient_ids)
        self.assertIn("Promise Keepers", mail.subject)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertIn("Promise Keepers", mail.attachment_ids.name)
        month = self.now.date().replace(day=1) - relativedelta(months=1)
        self.assertEqual(self.company.backorder_report_sent, month)
        self.assertFalse(self._send())

    @mute_logger("odoo.addons.backorder_atp.wizards.backorder_summary")
    def test_failed_email_is_retried(self):
        """C11: a failure in one company does not affect the others."""
        self.users["manager"].email = "manager@example.com"
        other = self.env["res.company"].create({"name": "Aardvark"})
        (self.company | other).backorder_report_mail = True
        self.users["finance"].write(
            {"company_ids": [fields.Command.link(other.id)], "email": "f@example.com"}
        )
        summaries = type(self.env["backorder.summary"])
        original = summaries._get_managers

        def get_managers(records, company):
            if company == other:
                raise ValueError("broken")
            return original(records, company)

        self.patch(summaries, "_get_managers", get_managers)
        self.assertEqual(len(self._send().filtered("attachment_ids")), 1)
        self.assertFalse(other.backorder_report_sent)
        self.assertTrue(self.company.backorder_report_sent)

    def test_invalid_targets_are_refused(self):
        """E7: hours and rates out of range."""
        with self.assertRaisesRegex(ValidationError, "one hour"):
            self.company.backorder_target_hours = 0
        with self.assertRaisesRegex(ValidationError, "at most 100"):
            self.company.backorder_target_rate = 120


@tagged("post_install", "-at_install")
class TestBackorderReports(BackorderCommon):
    """Current shortages, and daily snapshots."""

    # ------------------------------------------------------------------
    # From the server's own events
    # ------------------------------------------------------------------

    def test_a_filled_order_is_an_episode(self):
        """C8, D10: the reports read the entries that the server logs."""
        order = self._confirm((self.backorderable, 3))
        self.env.flush_all()
        frequency = self.env["backorder.frequency"].search(
            [("order_id", "=", order.id)]
        )
        self.assertEqual(
            (frequency.product_id, frequency.warehouse_id, frequency.quantity),
            (self.backorderable, self.warehouse, 3),
        )
        episode = self.env["backorder.episode"].search([("order_id", "=", order.id)])
        self.assertEqual(episode.outcome, "open")
        self._receive(self.backorderable, 3)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(episode.outcome, "filled")
        self.assertIn(order.name, episode.order_name)
        self.assertEqual(episode.action_view_order()["res_id"], order.id)

    def test_a_cancelled_order_is_not_filled(self):
        """C11: cancelled backorders do not count as filled."""
        order = self._confirm((self.backorderable, 3))
        self.env.flush_all()
        order._action_cancel()
        self.env.flush_all()
        episode = self.env["backorder.episode"].search([("order_id", "=", order.id)])
        self.assertEqual(episode.outcome, "cancelled")

    # ------------------------------------------------------------------
    # By customer, priority and status
    # ------------------------------------------------------------------

    def test_by_customer(self):
        """D3: orders and quantity by customer; contacts count for their company."""
        child = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.customer.id}
        )
        rival = self.env["res.partner"].create({"name": "Rival"})
        self._confirm((self.backorderable, 2))
        self._confirm((self.backorderable, 3), partner_id=child.id)
        self._confirm((self.backorderable, 4), partner_id=rival.id)
        groups = self.env["backorder.report"]._read_group(
            [("company_id", "=", self.company.id)],
            ["partner_id"],
            ["order_id:count_distinct", "shortage_qty:sum", "average_qty:avg"],
        )
        self.assertEqual(set(groups), {(self.customer, 2, 5, 2.5), (rival, 1, 4, 4)})

    def test_by_priority_and_status(self):
        """E7: total value by priority and by status."""
        line = {
            "product_id": self.backorderable.id,
            "product_uom_qty": 2,
            "price_unit": 50,
            "tax_ids": False,
        }
        self._confirm(line, backorder_priority="urgent")
        self._confirm(line, backorder_priority="low").action_hold("later")
        self._confirm({**line, "price_unit": 10})
        report = self.env["backorder.report"]
        own = [("company_id", "=", self.company.id)]
        self.assertEqual(
            set(report._read_group(own, ["backorder_priority"], ["value:sum"])),
            {("urgent", 100), ("low", 100), ("medium", 20)},
        )
        self.assertEqual(
            set(report._read_group(own, ["backorder_state"], ["value:sum"])),
            {("backordered", 120), ("on_hold", 100)},
        )
        board = self.env["backorder.board"].get_figures()
        self.assertEqual((board["shortage_value"], board["held_value"]), (120, 100))

    def test_top_products(self):
        """C11: the top ten by number of backorders times shortage."""
        many, deep = self._create_short_products("Many", "Deep")
        for _ in range(3):
            self._confirm((many, 2))
        self._confirm((deep, 10))
        action = self.env.ref("backorder_atp_report.backorder_product_action_top")
        self.assertEqual(action.limit, 10)
        rows = self.env["backorder.product"].search([], order="impact desc")
        self.assertEqual(rows.mapped("impact"), [18, 10])
        self.assertEqual(rows.product_id, many | deep)

    def _create_short_products(self, *names):
        return self.env["product.product"].union(
            *(self._create_product(name, allow_backorder="yes") for name in names)
        )

    # ------------------------------------------------------------------
    # Snapshot
    # ------------------------------------------------------------------

    def _take(self):
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref(
                "backorder_atp_report.ir_cron_snapshot"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return self.env["backorder.snapshot"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_snapshot(self):
        """C11, D10: the figures of the day by product and in total."""
        self._set_stock(self.backorderable, 1)
        self._confirm((self.backorderable, 4))
        self._confirm((self.backorderable, 2)).action_hold("later")
        self._create_receipt(self.backorderable, 3)
        rows = self._take()
        product = rows.filtered("product_id")
        self.assertEqual(product.product_id, self.backorderable)
        self.assertEqual(
            (product.order_count, product.needed_qty, product.shortage_qty),
            (1, 4, 3),
        )
        self.assertEqual((product.held_count, product.held_qty), (1, 2))
        self.assertEqual((product.available_qty, product.incoming_qty), (1, 3))
        company = rows - product
        self.assertEqual((company.order_count, company.held_count), (1, 1))
        self.assertEqual((company.scope, company.shortage_qty), ("company", 3))
        self.assertEqual(company.held_qty, 2)

    def test_snapshot_is_taken_once_and_never_changed(self):
        """C11: later changes do not affect it."""
        self._confirm((self.backorderable, 4))
        rows = self._take()
        other = self._create_product("Late Comer", allow_backorder="yes")
        self._confirm((self.backorderable, 9), (other, 1))
        again = self._take()
        self.assertEqual(again & rows, rows)
        self.assertEqual((again - rows).product_id, other)
        row = rows.filtered(lambda row: row.product_id == self.backorderable)
        self.assertEqual(row.shortage_qty, 4)
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            row.shortage_qty = 0
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            scopes = (self._take() - again).mapped("scope")
        self.assertEqual(Counter(scopes), {"product": 2, "company": 1, "requested": 1})

    def test_snapshot_of_a_deleted_product(self):
        """C11: deleted products keep their name in the history."""
        order = self._confirm((self.backorderable, 4))
        row = self._take().filtered("product_id")
        order._action_cancel()
        order.unlink()
        self.env["stock.move"].search(
            [("product_id", "=", self.backorderable.id)]
        ).unlink()
        self.env.flush_all()
        self.backorderable.unlink()
        self.env.invalidate_all()
        self.assertFalse(row.product_id)
        self.assertEqual(row.product_name, "Backorderable")

    def test_users_cannot_write_snapshots(self):
        """C10: all roles can read snapshots, but not write them."""
        self._confirm((self.backorderable, 4))
        self._take()
        snapshots = self._as("viewer", self.env["backorder.snapshot"])
        self.assertTrue(snapshots.search([]))
        with self.assertRaisesRegex(AccessError, "not allowed"):
            self._as("manager", snapshots).create({"date": "2020-01-01"})

    # ------------------------------------------------------------------
    # Views
    # ------------------------------------------------------------------

    def test_every_report_opens_for_a_viewer(self):
        """C10, C11: viewers can open all lists, pivots and graphs."""
        self._confirm((self.backorderable, 4))
        self._take()
        catalog = self._as("viewer", self.env["backorder.report.catalog"])
        reports = [
            report for group in catalog.get_reports() for report in group["reports"]
        ]
        self.assertGreater(len(reports), 12)
        for report in reports:
            self.assertTrue(report["description"], report["name"])
            action = self.env["ir.actions.act_window"].browse(report["action"]).exists()
            if not action:  # a page, which is not a list of records
                continue
            records = self._as("viewer", self.env[action.res_model])
            with self.subTest(action=action.name):
                views = [(False, mode) for mode in action.view_mode.split(",")]
                self.assertTrue(records.get_views(views)["views"])
                names = [
                    name
                    for name, field in records._fields.items()
                    if field.store and field.aggregator and name != "id"
                ]
                specs = [f"{name}:{records._fields[name].aggregator}" for name in names]
                records._read_group([], aggregates=specs)
                self._check_measures(records, views)

    def _check_measures(self, records, views):
        """Check that each measure can be aggregated."""
        fields_info = records.fields_get(attributes=["aggregator", "type"])
        for view in records.get_views(views)["views"].values():
            tree = html.fromstring(view["arch"])
            for node in tree.xpath("//pivot/field | //graph/field"):
                if node.get("type") == "measure":
                    name = node.get("name")
                    self.assertTrue(fields_info[name].get("aggregator"), name)
