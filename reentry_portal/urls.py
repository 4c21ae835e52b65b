"""Every address of the portal. English has no prefix; other languages stand under their code, such as /es/."""

from allauth.account import views as account
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from followups import views as followups
from intake.views import my, my_start, someone_else, start
from reentry_portal import health, pages

handler400 = "reentry_portal.errors.bad_request"
handler403 = "reentry_portal.errors.permission_denied"
handler404 = "reentry_portal.errors.not_found"
handler429 = "reentry_portal.errors.too_many"  # allauth's own name for it, beside those of Django
handler500 = "reentry_portal.errors.server_error"

# Only what staff need of allauth: nobody signs up, and a lost password goes to the person who keeps the sign-ins.
signing_in = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),  # always closed; the sign-in page wants its address
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("", include("allauth.mfa.urls")),
]
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", pages.robots_txt, name="robots"),
    path("sitemap.xml", pages.sitemap_xml, name="sitemap"),
    path("m/", followups.mail_receipt, name="mail-receipt"),
    path("t/", followups.text_in, name="text-in"),
    path("t/<int:message_id>/", followups.text_receipt, name="text-receipt"),
    path("staff/account/", include(signing_in)),
    path("staff/report/", include("intake.admin.report")),
    path("staff/", admin.site.urls),
]
urlpatterns += i18n_patterns(
    path("", pages.guide, name="guide"),
    path("questions/", pages.questions, name="questions"),
    path("start/", start.start, name="start"),
    path("start/sent/", start.sent, name="sent"),
    path("my/", my.my, name="my"),
    path("my/contact/", my.my_contact, name="my-contact"),
    path("my/later/", my.my_later, name="my-later"),
    path("my/wake/", my.my_wake, name="my-wake"),
    path("my/new-link/", my.my_new_link, name="my-new-link"),
    path("my/messages/", my.my_stop, name="my-stop"),
    path("my/kind-notes/", my.my_kind_notes, name="my-kind-notes"),
    path("my/withdraw/", my.my_withdraw, name="my-withdraw"),
    path("my/erase/", my.my_erase, name="my-erase"),
    path("my/ways/", my_start.my_ways, name="my-ways"),
    path("my/choose/", my_start.my_choose, name="my-choose"),
    path("my/yes/", my_start.my_yes, name="my-yes"),
    path("my/back/", my_start.my_back, name="my-back"),
    path("my/list/", my_start.my_list, name="my-list"),
    path("my/list/leave/", my_start.my_list_leave, name="my-list-leave"),
    path("my/fit/", my_start.my_fit, name="my-fit"),
    path("my/not-this/", my_start.my_not_this, name="my-not-this"),
    path("my/calendar/<int:claim_id>/", my_start.my_calendar, name="my-calendar"),
    path("my/<str:token>/", my.my_link, name="my-link"),
    path("someone-else/", someone_else.someone_else, name="someone-else"),
    path("someone-else/sent/", someone_else.someone_else_sent, name="someone-else-sent"),
    path("safety/", pages.safety, name="safety"),
    path("privacy/", pages.privacy_notice, name="privacy"),
    path("language-help/", pages.language_help, name="language-help"),
    path("leave/", pages.leave, name="leave"),
    path("u/<str:token>/", followups.stop_mail, name="stop-mail"),
    prefix_default_language=False,
)
