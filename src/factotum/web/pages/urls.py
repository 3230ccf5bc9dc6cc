"""Page addresses, in the order of the menu."""

from __future__ import annotations

from django.urls import path, re_path
from django.views.generic import RedirectView

from factotum.web.pages import (
    accounts,
    approvals,
    behaviors,
    bots,
    budgets,
    callback,
    card_forms,
    cards,
    chat,
    health,
    home,
    http_actions,
    import_package,
    library,
    lists,
    replay,
    requests,
    runs,
    schedules,
    security,
    setup,
    sign_in,
    simulator,
    team,
    unknown,
)

# a run's id is 32 hex digits; anything else under /runs/ is a page that does not exist
RUN = r"^runs/(?P<run_id>[0-9a-f]{32})"

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    # people
    path("sign-in", sign_in.sign_in, name="account_login"),
    path("sign-out", sign_in.sign_out, name="account_logout"),
    path("sign-in/link/<str:token>", sign_in.link, name="sign_in_link"),
    path("welcome", sign_in.welcome, name="welcome"),
    # finding things
    path("search", lists.types, name="search"),
    path("search/<str:type>", lists.found, name="list"),
    path("bots", bots.bots, name="bots"),
    path("bots/schedules", schedules.schedules, name="schedules"),
    # cards
    path("cards/<str:type>/new", card_forms.new, name="card_new"),
    path("cards/<str:type>/<int:id>", cards.card, name="card"),
    path("cards/<str:type>/<int:id>/edit", card_forms.edit, name="card_edit"),
    path("cards/<str:type>/<int:id>/delete", card_forms.delete, name="card_delete"),
    path("cards/connected_account/<int:id>/link", accounts.link, name="account_link"),
    path("cards/connected_account/<int:id>/link/paste", accounts.paste, name="account_paste"),
    path("cards/connected_account/<int:id>/link/cancel", accounts.cancel, name="account_cancel"),
    path("cards/connected_account/<int:id>/unlink", accounts.unlink, name="account_unlink"),
    path("oauth/callback", callback.callback, name="callback"),
    path("oauth/callback/<str:extension_id>", callback.callback, name="callback_of"),
    # behaviors
    path("behaviors/new", http_actions.new, name="behavior_new"),
    path("behaviors/<int:id>", behaviors.behavior, name="behavior"),
    path("behaviors/<int:id>/run-now", schedules.run_now, name="run_now"),
    path("behaviors/<int:id>/schedule", schedules.edit, name="schedule_edit"),
    path("behaviors/<int:id>/schedule/pause", schedules.pause, name="schedule_pause"),
    path("behaviors/<int:id>/simulator", simulator.simulator, name="simulator"),
    path("behaviors/<int:id>/actions/<str:place>", http_actions.edit, name="action_edit"),
    path("requests/new", requests.new, name="request_new"),
    # runs
    path("runs", runs.runs, name="runs"),
    path("runs/approvals", approvals.approvals, name="approvals"),
    path("runs/unknown", unknown.unknown, name="unknown"),
    re_path(rf"{RUN}$", runs.run, name="run"),
    re_path(rf"{RUN}/control$", runs.control, name="run_control"),
    re_path(rf"{RUN}/replay$", replay.replay, name="replay"),
    # chat
    path("chat", chat.menu, name="chat"),
    path("chat/start", chat.start, name="chat_start"),
    path("chat/<int:chat_id>", chat.room, name="chat_room"),
    path("chat/<int:chat_id>/send", chat.send, name="chat_send"),
    # setup
    path("setup", RedirectView.as_view(url="/setup/configure"), name="setup"),
    path("setup/configure", setup.configure, name="configure"),
    path("setup/configure/import-package", import_package.import_package, name="import_package"),
    path("setup/configure/callback", setup.callback_address, name="callback_address"),
    path("setup/configure/hosts", setup.hosts, name="hosts"),
    path("setup/configure/budgets", budgets.budgets, name="budgets"),
    path("setup/configure/budgets/account/<int:id>/go-on", budgets.go_on, name="budget_go_on"),
    path("setup/configure/budgets/<str:whose>/<int:id>", budgets.budget, name="budget"),
    path("setup/configure/prices/<int:id>", budgets.prices, name="prices"),
    path("setup/packages", setup.packages, name="packages"),
    path("setup/packages/import", import_package.import_package, name="packages_import"),
    path("setup/packages/library", library.library, name="library"),
    path("setup/packages/library/<str:name>", library.package, name="library_package"),
    path("setup/team", team.team, name="team"),
    path("setup/team/add", team.add, name="team_add"),
    path("setup/team/<int:id>/link", team.link, name="team_link"),
    path("setup/team/<int:id>/change", team.change, name="team_change"),
    path("setup/security", security.security, name="security"),
    path("setup/security/password", security.password, name="account_change_password"),
    path("setup/security/sessions/end", security.end_others, name="end_sessions"),
    path("setup/developers", setup.developers, name="developers"),
    path("setup/developers/api", security.tokens, name="tokens"),
    path("setup/developers/api/revoke/<int:id>", security.revoke, name="token_revoke"),
]
