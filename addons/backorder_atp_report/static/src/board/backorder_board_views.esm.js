/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {BackorderBoard} from "./backorder_board.esm";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {ListController} from "@web/views/list/list_controller";
import {ListRenderer} from "@web/views/list/list_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useSubEnv} from "@odoo/owl";

/** A scanner types where the cursor is: do not put it into the search. */
function keepFocusFromSearch(env) {
  useSubEnv({config: {...env.config, disableSearchBarAutofocus: true}});
}

export class BackorderBoardListController extends ListController {
  setup() {
    keepFocusFromSearch(this.env);
    super.setup();
  }
}

export class BackorderBoardKanbanController extends KanbanController {
  setup() {
    keepFocusFromSearch(this.env);
    super.setup();
  }
}

export class BackorderBoardListRenderer extends ListRenderer {
  static template = "backorder_atp_report.BoardListRenderer";
  static components = {...ListRenderer.components, BackorderBoard};
}

export class BackorderBoardKanbanRenderer extends KanbanRenderer {
  static template = "backorder_atp_report.BoardKanbanRenderer";
  static components = {...KanbanRenderer.components, BackorderBoard};
}

const views = registry.category("views");
views.add("backorder_board_list", {
  ...listView,
  Controller: BackorderBoardListController,
  Renderer: BackorderBoardListRenderer,
});
views.add("backorder_board_kanban", {
  ...kanbanView,
  Controller: BackorderBoardKanbanController,
  Renderer: BackorderBoardKanbanRenderer,
});
