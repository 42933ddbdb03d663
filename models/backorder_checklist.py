# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

MANAGER_GROUP = "backorder_atp.group_inventory_manager"
SETTINGS = "backorder_atp.backorder_settings_action"
LOG = "backorder_atp.backorder_event_action"
#: How long a company should monitor before it enforces.
MONITORING = timedelta(days=7)
#: How late a scheduled action may be on a server that runs them.
CRON_DELAY = timedelta(hours=1)


class BackorderChecklist(models.AbstractModel):
    """What is still to be set up in a company, each step with its state.

    An addon adds a step of its own in :meth:`_get_steps`.
    """

    _name = "backorder.checklist"
    _description = "Setup Checklist"

    @api.model
    def get_checklist(self):
        """Return the steps that set up the current company, in their order.

        :return: ``company`` (its name) and ``steps``, each with ``key``, ``title``,
            ``help`` (what to do), ``detail`` (what was found), ``done`` and ``action``:
            the external id of the action that opens the screen, False where the user
            has no access to it
        :rtype: dict
        :raise AccessError: for users who are not inventory managers
        """
        if not (self.env.su or self.env.user.has_group(MANAGER_GROUP)):
            raise AccessError(
                self.env._(
                    "The checklist requires the role %s. Ask an administrator.",
                    self.env.ref(MANAGER_GROUP).sudo().full_name,
                )
            )
        return {"company": self.env.company.name, "steps": self._get_steps()}

    @api.model
    def _get_steps(self):
        """Return the steps; extend it with one of your own."""
        return [
            self._get_monitor_step(),
            self._get_warehouse_step(),
            self._get_location_step(),
            self._get_policy_step(),
            self._get_responsible_step(),
            self._get_approver_step(),
            self._get_mail_step(),
            self._get_job_step(),
            self._get_app_step(),
            self._get_phase_step(),
        ]

    def _prepare_step(self, key, title, text, done, detail, action):
        """Return a step.

        :param action: external id of a window action
        """
        model = self.env[self.env.ref(action).sudo().res_model]
        return {
            "key": key,
            "title": title,
            "help": text,
            "done": bool(done),
            "detail": detail,
            "action": model.has_access("write") and action,
        }

    # ------------------------------------------------------------------
    # The phase
    # ------------------------------------------------------------------

    def _get_monitor_step(self):
        company = self.env.company
        events = self.env["backorder.event"]
        own = Domain("company_id", "=", company.id)
        since = fields.Datetime.now() - MONITORING
        is_begun = events.sudo().search_count(
            own & Domain("date", "<=", since), limit=1
        )
        # only administrators read what the monitor phase logs
        is_reader = self.env.su or self.env.user.has_group("base.group_system")
        refused = events.search_count(
            own
            & Domain("event_type", "=", "order:would_block")
            & Domain("date", ">", since)
        )
        step = self._prepare_step(
            "monitor",
            self.env._("Monitor for a week"),
            self.env._(
                "Leave the phase at Monitor and work as usual. The log shows"
                " administrators which orders would have been refused."
            ),
            company.promise_phase != "dark" or is_begun,
            self.env._("Orders that would have been refused this week: %s", refused)
            if is_reader
            else self.env._("Phase: %s", company._get_phase_label()),
            LOG,
        )
        return {**step, "action": is_reader and LOG}

    def _get_phase_step(self):
        company = self.env.company
        return self._prepare_step(
            "phase",
            self.env._("Change the phase"),
            self.env._(
                "When the steps above are done, change it to Approve, then to Enforce."
            ),
            company.promise_phase != "dark",
            self.env._("Phase: %s", company._get_phase_label()),
            SETTINGS,
        )

    # ------------------------------------------------------------------
    # What is promised
    # ------------------------------------------------------------------

    def _get_warehouse_step(self):
        teams = self._get_unmapped_teams()
        return self._prepare_step(
            "warehouses",
            self.env._("Choose a warehouse for each sales team"),
            self.env._(
                "With several warehouses, the sales team determines the one that an"
                " order is promised from: set its company, then its warehouse."
                " Otherwise a default is used, and the enforce phase leaves the"
                " warehouse empty."
            ),
            not teams,
            self.env._("Teams without a warehouse: %s", ", ".join(teams.mapped("name")))
            if teams
            else self.env._("The warehouse of each order is certain."),
            "sales_team.crm_team_action_config",
        )

    def _get_unmapped_teams(self):
        """Return the teams with salespeople who have no default warehouse either."""
        company = self.env.company
        teams = self.env["crm.team"].sudo().with_company(company)
        warehouses = [("company_id", "=", company.id)]
        if self.env["stock.warehouse"].sudo().search_count(warehouses, limit=2) < 2:
            return teams
        return teams.search(
            [("company_id", "in", [False, company.id]), ("warehouse_id", "=", False)]
        ).filtered(lambda team: self._is_warehouse_open(team))

    def _is_warehouse_open(self, team):
        """Whether orders of a team without a warehouse may be of any."""
        users = team.member_ids.filtered(
            lambda user: self.env.company in user.company_ids
        )
        if users:
            return not all(user.property_warehouse_id for user in users)
        return bool(team.company_id)

    def _get_location_step(self):
        unmarked = self._get_unmarked_count()
        return self._prepare_step(
            "locations",
            self.env._("Check the kinds of your locations"),
            self.env._(
                "Goods in quarantine must not be promised. Set the kind of each"
                " quarantine location below stock. If there are none, set any"
                " location below stock to Pickable."
            ),
            not unmarked,
            self.env._("Locations below stock, all counted as pickable: %s", unmarked)
            if unmarked
            else self.env._("The kinds of the locations below stock are set."),
            "stock.action_location_form",
        )

    def _get_unmarked_count(self):
        """Return how many locations there are below stock, if none has its own kind."""
        company = [("company_id", "=", self.env.company.id)]
        stock = self.env["stock.warehouse"].sudo().search(company).lot_stock_id
        below = Domain("id", "child_of", stock.ids) & Domain("id", "not in", stock.ids)
        locations = self.env["stock.location"].sudo()
        if locations.search_count(
            below & Domain("own_availability_kind", "!=", False), limit=1
        ):
            return 0
        return locations.search_count(below & Domain("usage", "=", "internal"))

    def _get_policy_step(self):
        count = self._count_policies()
        company = self.env.company
        return self._prepare_step(
            "policies",
            self.env._("Allow backorders and set the safety stock"),
            self.env._(
                "Decide which products may be promised beyond stock: for the company,"
                " a category, a product, a warehouse or a location."
            ),
            company.allow_backorder or count,
            self.env._(
                "Backorders are allowed for the company. Other policies: %s", count
            )
            if company.allow_backorder
            else self.env._(
                "Policies of products, categories, warehouses and locations: %s", count
            ),
            "backorder_atp.stock_policy_action",
        )

    def _count_policies(self):
        own = Domain("company_id", "in", [False, self.env.company.id])
        explicit = Domain("allow_backorder", "!=", "inherit")
        return sum(
            self.env[model].sudo().search_count(domain)
            for model, domain in (
                ("stock.policy", own),
                ("product.template", own & explicit),
                ("product.product", own & explicit),
                ("product.category", explicit),
            )
        )

    # ------------------------------------------------------------------
    # Who decides, and who is notified
    # ------------------------------------------------------------------

    def _get_responsible_step(self):
        company = self.env.company
        user = company.backorder_responsible_id
        return self._prepare_step(
            "responsible",
            self.env._("Choose a responsible user"),
            self.env._(
                "This user is responsible for replenishing what went below zero and"
                " for reviewing orders on hold. Without one, it is the first"
                " inventory manager."
            ),
            user,
            user.sudo().name or self.env._("No user is responsible."),
            SETTINGS,
        )

    def _get_approver_step(self):
        approvers = self.env.company._get_members(MANAGER_GROUP).filtered(
            lambda user: not user.has_group("base.group_system")
        )
        return self._prepare_step(
            "approvers",
            self.env._("Assign the approvers"),
            self.env._(
                "Give at least one employee who is not an administrator the role"
                " Inventory Manager, and check the approval limits."
            ),
            approvers,
            ", ".join(approvers.mapped("name"))
            or self.env._("No one has the role yet."),
            "base.action_res_users",
        )

    def _get_mail_step(self):
        servers = self.env["ir.mail_server"].sudo().search_count([], limit=1)
        email = self.env.company.email
        return self._prepare_step(
            "mail",
            self.env._("Set up outgoing mail"),
            self.env._(
                "Approvers and salespeople are notified by email. An outgoing mail"
                " server and the company's email address are needed."
            ),
            servers and email,
            self._get_mail_detail(servers, email),
            "base.action_ir_mail_server_list",
        )

    def _get_mail_detail(self, servers, email):
        if not servers:
            return self.env._("There is no outgoing mail server.")
        if not email:
            return self.env._("The company has no email address.")
        return self.env._("Emails are sent from %s.", email)

    # ------------------------------------------------------------------
    # The server
    # ------------------------------------------------------------------

    def _get_job_step(self):
        stopped = self._get_stopped_crons()
        return self._prepare_step(
            "jobs",
            self.env._("Run the scheduled actions"),
            self.env._(
                "They allocate stock that arrives and put stale orders on hold. The"
                " server must run scheduled actions, and none of these may be archived."
            ),
            not stopped,
            self.env._("Archived or late: %s", ", ".join(stopped.mapped("cron_name")))
            if stopped
            else self.env._("All of them run."),
            "base.ir_cron_act",
        )

    def _get_stopped_crons(self):
        """Return the scheduled actions of these addons that are archived or late."""
        data = self.env["ir.model.data"].sudo()
        own = data.search(
            [("model", "=", "ir.cron"), ("module", "=like", "backorder\\_atp%")]
        )
        late = fields.Datetime.now() - CRON_DELAY
        crons = self.env["ir.cron"].sudo().browse(own.mapped("res_id")).exists()
        return crons.filtered(lambda cron: not cron.active or cron.nextcall < late)

    def _get_app_step(self):
        missing = self.env["res.config.settings"]._get_missing_bridges()
        return self._prepare_step(
            "apps",
            self.env._("Install the addons for your apps"),
            self.env._(
                "Some apps need an addon: without it kits are not checked, operations"
                " may be refused, and stock may be promised twice."
            ),
            not missing,
            self.env._("Missing: %s", ", ".join(missing))
            if missing
            else self.env._("Every installed app has its addon."),
            "base.open_module_tree",
        )
