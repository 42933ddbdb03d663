/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {DocumentationLink} from "@web/views/widgets/documentation_link/documentation_link";
import {patch} from "@web/core/utils/patch";

// The page of an addon, which every addon ships.
const OWN_PAGE = /^\/\w+\/static\/description\//;

patch(DocumentationLink.prototype, {
  /** The page of an addon is on this server, other paths are on Odoo's. */
  get url() {
    return OWN_PAGE.test(this.props.path) ? this.props.path : super.url;
  },
});
