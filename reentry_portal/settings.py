"""Every setting, in reading order: who we are, safety, parts, data, work in the background, pages, mail, logs."""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab

from reentry_portal import env

BASE_DIR = env.BASE_DIR
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # nobody else on the machine reads it

# Demo mode: plainly invented people, printed sign-ins, no second factor, nothing leaves this machine.
DEMO = env.flag("DEMO")
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "")
DEBUG = False  # never: an error page with local variables would show a person's answers
DEPLOYED = not DEMO

# --- Who we are: the facts any provider sets for itself -------------------------------------------------------
PROVIDER_NAME = env.text("PROVIDER_NAME", "Midwest Recovery Center")
PROVIDER_PHONE = env.text("PROVIDER_PHONE", "+18886570858")
PROVIDER_PLACES = env.names("PROVIDER_PLACES", "Toledo, Maumee, Perrysburg, Oregon")
PHONE_OPENS = env.clock("PHONE_OPENS", "08:00")
PHONE_CLOSES = env.clock("PHONE_CLOSES", "17:00")
CALLS_FROM = env.text("CALLS_FROM", "+14195550142" if DEMO else PROVIDER_PHONE)
SENDER_LABEL = env.text("SENDER_LABEL", "Front Desk")
STAFF_INBOX = env.text("STAFF_INBOX", "desk@example.org" if DEMO else "")
ON_THIS_MACHINE = "http://127.0.0.1:8000"  # `serve` puts its own port here
SITE_URL = env.address("SITE_URL", ON_THIS_MACHINE)
LEAVE_URL = env.text("LEAVE_URL", "https://www.weather.gov/")

# --- Safety ----------------------------------------------------------------------------------------------------
SECRET_KEY = env.text("SECRET_KEY")
ENCRYPTION_KEYS = env.keys("ENCRYPTION_KEYS")  # newest first; old ones still open what they sealed
LOOKUP_KEYS = env.keys("LOOKUP_KEYS")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "127.0.0.1, localhost")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "reentry_portal.errors.csrf_failure"
CSRF_COOKIE_NAME = "c"
CSRF_COOKIE_SECURE = DEPLOYED
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # until the browser closes, like the session
SESSION_COOKIE_NAME = "s"
SESSION_COOKIE_SECURE = DEPLOYED
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 20 * 60  # seconds without a page before the private page closes (R-H3)
STAFF_IDLE = timedelta(minutes=15)  # R-H3
STAFF_SESSION = timedelta(hours=10)
# A page that stands open asks for these by itself: nobody is there because of it, and the session goes on ending.
ASKED_BY_THE_PAGE = ["/staff/intake/callbackrequest/desk/counts/"]
STAFF_MFA = env.flag("STAFF_MFA", default=DEPLOYED)  # R-H7
PRIVATE_LINK_AGE = timedelta(days=30)
CLAIM_LASTS = timedelta(minutes=15)  # after that a colleague may take over a call that was never logged
SECURE_SSL_REDIRECT = DEPLOYED
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked for inside the container network
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DEPLOYED else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if DEPLOYED else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = DEPLOYED
SECURE_HSTS_PRELOAD = DEPLOYED
# Nothing goes to any other site (R-H13). "no-referrer" would also hide our own forms' origin from ourselves,
# and the check against forged forms would refuse every one of them.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Same name and shape as Django 6's own setting, so that the upgrade deletes our middleware (R-H12).
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],  # the code for an authenticator app is drawn as a data: picture
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
SEARCHES_PER_HOUR = env.number("SEARCHES_PER_HOUR", 60)  # by one member of staff, so that nobody tries out numbers
START_LIMIT_PER_HOUR = env.number("START_LIMIT_PER_HOUR", 1000 if DEMO else 30)  # requests from one address (R-F5)

# --- Parts -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "allauth",  # before ours, so that the desk can take its pages out of the admin
    "allauth.account",
    "allauth.mfa",
    "reentry_portal",
    "privacy",
    "scheduling",
    "intake",
    "followups",
    "clinical",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "phonenumber_field",
]
MIDDLEWARE = [
    "reentry_portal.headers.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "reentry_portal.headers.trouble",
    "reentry_portal.headers.plain_encoding",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "reentry_portal.staff_session.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "reentry_portal.staff_session.staff_session",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "reentry_portal.urls"
WSGI_APPLICATION = "reentry_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reentry_portal.provider.provider",
            ],
        },
    },
]

# --- Data ------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN, so that two writers wait for each other instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.text("REDIS_URL", "")
CACHES = {
    "default": (
        # Short: one page asks several times, and whoever waits for it is signing in.
        {"BACKEND": "reentry_portal.soft_cache.SoftRedisCache", "LOCATION": REDIS_URL, "OPTIONS": {"socket_timeout": 1}}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# --- Work in the background ------------------------------------------------------------------------------------
SCHEDULER_TICK = env.number("SCHEDULER_TICK_SECONDS", 10 if DEMO else 30)  # seconds
# Celery writes a Redis socket in its own way; without Redis the queue is this process's memory.
CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=") or "memory://localhost/"
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Without retry_on_timeout a worker stays deaf after the broker's connections go silent.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 15, "socket_connect_timeout": 5, "socket_keepalive": True, "retry_on_timeout": True}
    if REDIS_URL
    else {"polling_interval": 0.1}
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
# A tick that comes late is worth nothing, since the next one finds the same work; so each one expires.
CELERY_BEAT_SCHEDULE = {
    "the-list": {
        "task": "intake.tasks.keep_the_list",
        "schedule": SCHEDULER_TICK,
        "options": {"expires": SCHEDULER_TICK},
    },
    "follow-ups": {
        "task": "followups.tasks.tick",
        "schedule": SCHEDULER_TICK,
        "options": {"expires": SCHEDULER_TICK},
    },
    # An hour of the clock, not "every 24 hours", which would begin anew with every restart. 08:00 UTC is night here.
    "what-is-over": {"task": "reentry_portal.tasks.purge_expired", "schedule": crontab(hour=8, minute=0)},
}
# Hours in which an automatic message may go out, wall time at the person's place (R-T4).
SENDING_OPENS = env.clock("SENDING_OPENS", "09:00")
SENDING_CLOSES = env.clock("SENDING_CLOSES", "20:00")

# --- Choosing a start ------------------------------------------------------------------------------------------
# Whether a new request may choose on its page from the first minute, before staff offer anything.
SELF_CHOICE = env.flag("SELF_CHOICE", default=True)

# --- Reassessment notes ---------------------------------------------------------------------------------------
# Whether a clinician who works at a person's place may read their notes, besides the author and who is assigned.
NOTES_FOR_CLINICIANS_OF_THE_PLACE = env.flag("NOTES_FOR_CLINICIANS_OF_THE_PLACE", default=False)
EMERGENCY_LOOK = timedelta(hours=4)  # how long notes stay open to somebody who gave a reason (R-H2)

# --- Pages -----------------------------------------------------------------------------------------------------
TIME_ZONE = "America/New_York"
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
PHONENUMBER_DEFAULT_REGION = "US"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["portal"]
CRISPY_TEMPLATE_PACK = "portal"
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Signing in ------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/staff/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "reentry_portal.staff_session.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "reentry_portal.staff_session.SealedSecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "Desk"

# --- Mail ------------------------------------------------------------------------------------------------------
# R-P16: nothing leaves through a vendor until both are signed.
AGREEMENTS = {
    "email": {"BAA": env.day("EMAIL_BAA_SIGNED_ON"), "QSOA": env.day("EMAIL_QSOA_SIGNED_ON")},
    "text": {"BAA": env.day("TEXT_BAA_SIGNED_ON"), "QSOA": env.day("TEXT_QSOA_SIGNED_ON")},
}
# A mail server, or a provider that django-anymail speaks to; with both named, the provider.
MAIL_PROVIDER = env.text("MAIL_PROVIDER", "")
MAIL_ANSWER_WITHIN = env.number("MAIL_ANSWER_WITHIN_SECONDS", 20)  # each step; well inside delivery.STUCK_AFTER
ANYMAIL = {
    **env.options("MAIL_OPTIONS", of=MAIL_PROVIDER),
    "WEBHOOK_SECRET": env.text("MAIL_WEBHOOK_SECRET", ""),
    "REQUESTS_TIMEOUT": MAIL_ANSWER_WITHIN,
}
globals().update(env.mail("EMAIL_URL"))
_MAIL = "smtp" if env.text("EMAIL_URL", "") else "off"
if MAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
    _MAIL = "anymail"
elif _MAIL == "off":
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# --- Texts: off until the account is set and the vendor has signed --------------------------------------------
TEXTS_ACCOUNT = env.text("TEXTS_ACCOUNT", "")
TEXTS_TOKEN = env.text("TEXTS_TOKEN", "")
TEXTS_FROM = env.text("TEXTS_FROM", "")
TEXTS_URL = env.text("TEXTS_URL", "https://api.twilio.com")
TEXTS_ANSWER_WITHIN = env.number("TEXTS_ANSWER_WITHIN_SECONDS", 20)  # each step; well inside delivery.STUCK_AFTER
_TEXTS = "twilio" if TEXTS_ACCOUNT and TEXTS_TOKEN and not DEMO else "off"
# Which file of followups/channels sends what. A demonstration keeps everything in the local outbox.
CHANNELS = (
    dict.fromkeys(["text", "email", "inbox"], "local") if DEMO else {"text": _TEXTS, "email": _MAIL, "inbox": _MAIL}
)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "desk@example.org")

# --- Logs: one JSON object a line, from an allow-list of facts (R-H13) -------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "privacy.redaction.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "WARNING" if DEMO else "INFO")},
    "loggers": {
        "django": {"handlers": ["stderr"], "propagate": False},
        "django.server": {"handlers": ["stderr"], "propagate": False},
    },
}
