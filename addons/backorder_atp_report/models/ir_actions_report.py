# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
import os
import shutil
import subprocess
from collections import OrderedDict
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_SECONDS = 60
# Odoo's memory limit is too low for a browser.
UNLIMITED = ["/bin/sh", "-c", 'ulimit -S -v unlimited; exec "$@"', "sh"]
REPORT = "backorder_atp_report.report_backorder"


class IrActionsReport(models.Model):
    """Print the backorder report with a browser if Wkhtmltopdf is missing.

    New distributions no longer include Wkhtmltopdf.
    """

    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        if self._get_report(report_ref).report_name != REPORT or not res_ids:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        if not self._is_wkhtmltopdf_missing():
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        data = {**(data or {}), "report_type": "pdf", "debug": False}
        streams = OrderedDict()
        for res_id in res_ids:
            page = self.with_context(debug=False)._render_qweb_html(
                report_ref, [res_id], data=data
            )[0]
            pdf = self._print_by_browser(page)
            streams[res_id] = {"stream": BytesIO(pdf), "attachment": None}
        return streams

    @api.model
    def _is_wkhtmltopdf_missing(self):
        return self.get_wkhtmltopdf_state() in ("install", "broken")

    @api.model
    def _get_pdf_browser(self):
        """Return the path of a browser, or None."""
        return next(filter(None, map(shutil.which, BROWSERS)), None)

    @api.model
    def _print_by_browser(self, page):
        """Return the PDF of an HTML page.

        :raise UserError: when there is no browser, or printing fails
        """
        browser = self._get_pdf_browser()
        if not browser:
            raise UserError(
                self.env._(
                    "The report cannot be printed: install Wkhtmltopdf or Chromium on"
                    " the server."
                )
            )
        base = Markup('<head><base href="%s/"/>') % self._get_report_url()
        page = page.replace(b"<head>", base.encode(), 1)
        with TemporaryDirectory() as folder:
            source, target = Path(folder, "page.html"), Path(folder, "page.pdf")
            source.write_bytes(page)
            self._run_browser(browser, folder, source, target)
            if not target.exists():
                raise UserError(
                    self.env._(
                        "The browser on the server printed nothing. The server log has"
                        " the details."
                    )
                )
            return target.read_bytes()

    @api.model
    def _run_browser(self, browser, folder, source, target):
        options = [
            "--headless",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}",
        ]
        if hasattr(os, "geteuid") and not os.geteuid():
            options.append("--no-sandbox")  # required to start as root
        try:
            done = subprocess.run(
                [*UNLIMITED, browser, *options, source.as_uri()],
                timeout=BROWSER_SECONDS,
                check=False,
                capture_output=True,
            )
            if not target.exists():
                _logger.error("%s: %s", browser, done.stderr.decode(errors="replace"))
        except subprocess.TimeoutExpired as error:
            raise UserError(
                self.env._(
                    "The browser on the server did not print within %s seconds.",
                    BROWSER_SECONDS,
                )
            ) from error
