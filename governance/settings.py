"""Settings. Every difference between deployments is read from the environment.

A secret NAME may be given as NAME, or as a file whose path is NAME_FILE (a container's secret).
"""

import os
from pathlib import Path
from typing import Any

import environ
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

# --- deployment ------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
STATE_DIR = Path(env("GOVERNANCE_STATE", default=str(BASE_DIR / "var")))
SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY (or SECRET_KEY_FILE). `./run` makes one in its state folder.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
# How an address on the marketplace names a listing: a pattern with the groups `number` (ours), `ean`, or `merchant` and `listing` (the
# marketplace's keys). Empty: reports name listings by number or EAN.
LISTING_ADDRESS = env("LISTING_ADDRESS", default="")
# How an address names a merchant, where it names no listing: a pattern with the group `merchant` (the marketplace's key).
MERCHANT_ADDRESS = env("MERCHANT_ADDRESS", default="")
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

METRICS_TOKEN = env("METRICS_TOKEN", default="")  # the bearer token for /metrics; without it nobody reads them

# --- applications ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "governance.audit",
    "governance.accounts",
    "listings",
    "governance.policies",
    "enforcement",
    "investigations",
    "governance.insights",
    "governance.web",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_celery_beat",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "drf_spectacular",
    "lucide",
    "pghistory",
    "pgtrigger",
    "rest_framework",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.web.context.frame",
            ],
        },
    }
]
COTTON_DIR = "components"
COTTON_ISOLATE_BY_DEFAULT = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- data ------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
REDIS_URL = env("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
MEDIA_ROOT = STATE_DIR / "files"
FILE_UPLOAD_TEMP_DIR = env("FILE_UPLOAD_TEMP_DIR", default=None)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# --- work ------------------------------------------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10  # seconds for running tasks to end; what does not goes back to its queue
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"visibility_timeout": 1_200}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "enforcement.tasks.run_chunk": {"queue": "sweeps"},
    "enforcement.tasks.make_snapshot": {"queue": "sweeps"},
    "listings.tasks.run_import": {"queue": "sweeps"},
    "listings.tasks.renormalise_texts": {"queue": "sweeps"},
    "listings.tasks.find_links": {"queue": "sweeps"},
    "listings.tasks.make_photo_prints": {"queue": "sweeps"},
    "investigations.tasks.reckon_links": {"queue": "sweeps"},
    "investigations.tasks.match_recalls": {"queue": "sweeps"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "seal the log": {"task": "governance.audit.tasks.seal_entries", "schedule": 60},
    "owe the daily check of the log": {
        "task": "governance.audit.tasks.ask_check",
        "schedule": crontab(hour=3, minute=0),
    },
    "check the log where owed": {"task": "governance.audit.tasks.run_checks", "schedule": 60},
    "keep sweeps going": {"task": "enforcement.tasks.keep_sweeps_going", "schedule": 5},
    "begin the next sweep": {"task": "enforcement.tasks.begin_next_sweep", "schedule": 60},
    "sweep what has changed": {"task": "enforcement.tasks.start_daily_sweep", "schedule": crontab(hour=4, minute=30)},
    "sweep everything": {
        "task": "enforcement.tasks.start_weekly_sweep",
        "schedule": crontab(day_of_week=0, hour=1, minute=0),
    },
    "keep the snapshot for previews": {"task": "enforcement.tasks.keep_snapshot", "schedule": 300},
    "make the snapshot of the day": {"task": "enforcement.tasks.make_snapshot", "schedule": crontab(hour=5, minute=30)},
    "decide what is owed": {"task": "enforcement.tasks.decide_owed", "schedule": 60},
    "check what was corrected": {"task": "enforcement.tasks.check_corrected", "schedule": 60},
    "settle what is corrected": {"task": "enforcement.tasks.settle_corrected", "schedule": 60},
    "keep undoing": {"task": "enforcement.tasks.keep_undos_going", "schedule": 15},
    "end what has run out": {"task": "enforcement.tasks.expire_due", "schedule": 60},
    "take back what followed": {"task": "enforcement.tasks.follow_reversals", "schedule": 60},
    "begin what has waited": {"task": "enforcement.tasks.start_due", "schedule": 60},
    "carry out the steps of the ladder": {"task": "enforcement.tasks.take_ladder_steps", "schedule": 60},
    "keep imports going": {"task": "listings.tasks.keep_imports_going", "schedule": 60},
    "find links between merchants": {"task": "listings.tasks.find_links", "schedule": 60},
    "make prints of photos that have none": {"task": "listings.tasks.make_photo_prints", "schedule": 300},
    "make texts of an older normaliser anew": {"task": "listings.tasks.renormalise_texts", "schedule": 60},
    "make the windows of the day": {"task": "listings.tasks.refresh_windows", "schedule": crontab(hour=0, minute=10)},
    "deliver what is owed": {"task": "enforcement.tasks.deliver_owed", "schedule": 30},
    "remind who hears appeals": {"task": "enforcement.tasks.remind_hearers", "schedule": 60},
    "tell the marketplace": {"task": "enforcement.tasks.deliver_events", "schedule": 5},
    "send to the Transparency Database": {"task": "enforcement.tasks.send_statements", "schedule": 30},
    "owe the Transparency Database": {"task": "enforcement.tasks.owe_statements", "schedule": 600},
    "reconcile with the Transparency Database": {
        "task": "enforcement.tasks.reconcile_statements",
        "schedule": crontab(hour=3, minute=40),
    },
    "let restrictions follow changed listings": {"task": "enforcement.tasks.follow_recent_listings", "schedule": 600},
    "open the cases that are owed": {"task": "investigations.tasks.open_owed", "schedule": 60},
    "settle the cases of what is corrected": {"task": "investigations.tasks.settle_corrected", "schedule": 60},
    "end claims that have run out": {"task": "investigations.tasks.lapse_claims", "schedule": 30},
    "route cases anew where asked": {"task": "investigations.tasks.route_again", "schedule": 60},
    "keep acting on many cases": {"task": "investigations.tasks.keep_bulk_going", "schedule": 15},
    "wake the cases that rest": {"task": "investigations.tasks.wake_cases", "schedule": 30},
    "bring priorities up to the hour": {"task": "investigations.tasks.refresh_priorities", "schedule": 300},
    "write to those who reported": {"task": "investigations.tasks.deliver_notice_mails", "schedule": 30},
    "follow orders of authorities": {"task": "investigations.tasks.follow_orders", "schedule": 30},
    "draw what is read a second time": {"task": "investigations.tasks.draw_second_readings", "schedule": 900},
    "reckon what spreads over links": {"task": "investigations.tasks.reckon_links", "schedule": 900},
    "hold new listings against recalls": {"task": "investigations.tasks.match_recalls", "schedule": 300},
    "hand over buyers to be told": {"task": "investigations.tasks.hand_over_consumers", "schedule": 60},
    "fetch photos that are waited for": {"task": "investigations.tasks.fetch_photos", "schedule": 60},
    "fetch recalls": {"task": "investigations.tasks.fetch_recalls", "schedule": crontab(minute=17)},
    "end suspensions of reporters": {"task": "investigations.tasks.end_suspensions", "schedule": 300},
    "forget old searches": {"task": "investigations.tasks.forget_searches", "schedule": crontab(hour=3, minute=20)},
    "forget how many photos were seen": {
        "task": "investigations.tasks.forget_pictures_seen",
        "schedule": crontab(hour=3, minute=25),
    },
    "count for the rail": {"task": "investigations.tasks.count_for_the_rail", "schedule": 60},
    "count the days of the team": {"task": "investigations.tasks.count_team_days", "schedule": 300},
    "count the team's day so far": {"task": "investigations.tasks.count_team_today", "schedule": 180},
}

# --- searches --------------------------------------------------------------------------------------
SEARCH_HISTORY_DAYS = env.int("SEARCH_HISTORY_DAYS", default=180)  # how long the team's history of searches is kept

# --- links between merchants -------------------------------------------------------------------
# Keys the hashes by which bank accounts, addresses and the like are compared. With another key the marketplace has to send accounts and
# devices again: set it where SECRET_KEY is going to be replaced.
LINK_KEY = env("LINK_KEY", default="") or SECRET_KEY
LINK_SETTLE_MINUTES = env.int(
    "LINK_SETTLE_MINUTES", default=60
)  # a merchant's listings are read for links once in so long

# --- sweeps ------------------------------------------------------------------------------------
UNDO_SECONDS = env.int(
    "UNDO_SECONDS", default=10
)  # in which a decision can be taken back; the merchant is told afterwards
LETTER_SECONDS = env.int(
    "LETTER_SECONDS", default=30
)  # in which the decisions of one sweep, case or act gather into one letter to the merchant
SECOND_PERSON_REVENUE_EUR = env.int(
    "SECOND_PERSON_REVENUE_EUR", default=500_000
)  # of 30 days: from here on a decision that takes something from the merchant is for two people
SECOND_PERSON_LISTINGS = env.int("SECOND_PERSON_LISTINGS", default=200)  # in one decision: the same
SECOND_PERSON_UNDO = env.int("SECOND_PERSON_UNDO", default=100)  # decisions or listings taken back in one run: the same
UNDO_WORKERS = env.int("UNDO_WORKERS", default=2)  # decisions of one run being taken back at once
AUTOMATION_SPREAD_MINUTES = env.int(
    "AUTOMATION_SPREAD_MINUTES", default=0
)  # decisions by automation begin at a random moment within so many minutes
APPEAL_QUESTIONS = env.int("APPEAL_QUESTIONS", default=2)  # that one appeal may put to the merchant
APPEAL_QUESTION_DAYS = env.int("APPEAL_QUESTION_DAYS", default=5)  # working days for the merchant to answer one
APPEAL_REMIND_HOURS = env.int("APPEAL_REMIND_HOURS", default=48)  # before an answer is due, who hears it is reminded
APPEALS_REVIEW_SHARE = env.float(
    "APPEALS_REVIEW_SHARE", default=0.1
)  # a rule of whose decisions certainly more are overturned on appeal should be read again
SWEEP_WORKERS = env.int("SWEEP_WORKERS", default=2)  # chunks of one sweep at work at once

# --- the EU's Transparency Database ------------------------------------------------------------
# off: what is owed is written down and checked, and nothing leaves. The sandbox's address comes with the onboarding.
DSA_TDB = env("DSA_TDB", default="off")
DSA_TDB_TOKEN = env("DSA_TDB_TOKEN", default="")
DSA_TDB_URLS = {
    "sandbox": env("DSA_TDB_SANDBOX_URL", default=""),
    "production": env("DSA_TDB_PRODUCTION_URL", default="https://transparency.dsa.ec.europa.eu"),
}
if DSA_TDB != "off" and not (DSA_TDB_TOKEN and DSA_TDB_URLS.get(DSA_TDB)):
    raise ImproperlyConfigured(
        "DSA_TDB is off, sandbox or production. The last two need DSA_TDB_TOKEN (or DSA_TDB_TOKEN_FILE), and the sandbox "
        "its address in DSA_TDB_SANDBOX_URL."
    )

# --- recalls -----------------------------------------------------------------------------------
# Where alerts are fetched from, every hour; empty: nowhere. A file of Safety Gate or the CPSC as they lay it out.
RECALLS_URL = env("RECALLS_URL", default="")
RECALLS_SECONDS = env.float("RECALLS_SECONDS", default=60)  # from connecting to the end of the answer

# --- orders of authorities -----------------------------------------------------------------------
# Working days of the authority's country in which effect is given to an order that states no term ("without undue delay").
AUTHORITY_ORDER_DAYS = env.int("AUTHORITY_ORDER_DAYS", default=3)

# --- previews ----------------------------------------------------------------------------------
# Columns of the catalogue, written by the workers and read by the web: with several machines, a volume that all of them share.
SNAPSHOT_DIR = Path(env("SNAPSHOT_DIR", default=str(STATE_DIR / "snapshot")))
SNAPSHOT_ROWS = env.int("SNAPSHOT_ROWS", default=50_000)  # listings in a file, some half a kB each on the disk
SNAPSHOT_SAMPLE = env.int("SNAPSHOT_SAMPLE", default=20_000)  # listings of which the first answer is made

# --- imports ---------------------------------------------------------------------------------
IMPORT_UPLOAD_BYTES = env.int("IMPORT_UPLOAD_BYTES", default=4 << 30)
IMPORT_XLSX_BYTES = env.int("IMPORT_XLSX_BYTES", default=200 << 20)
# An archive may unpack to this many bytes, and to this many times its size.
IMPORT_UNPACKED_BYTES = env.int("IMPORT_UNPACKED_BYTES", default=20 << 30)
IMPORT_UNPACKED_RATIO = env.int("IMPORT_UNPACKED_RATIO", default=250)
IMPORT_BATCH_ROWS = 2_000
IMPORT_SLICE_SECONDS = 600  # a longer import goes on in the next task, within the time limit of one
IMPORT_STALLED_SECONDS = 180  # a running import without a batch for so long is begun again where it stopped
IMPORT_NOTED_ROWS = 10_000  # notes kept with their line; more are counted

# --- webhooks ----------------------------------------------------------------------------------
WEBHOOK_ALLOW_HTTP = env.bool("WEBHOOK_ALLOW_HTTP", default=False)  # else only https
PHOTOS_ALLOW_PRIVATE = env.bool(
    "PHOTOS_ALLOW_PRIVATE", default=False
)  # merchants say where photos are: only for a trial
WEBHOOK_ALLOW_PRIVATE = env.bool("WEBHOOK_ALLOW_PRIVATE", default=False)  # else only public addresses
WEBHOOK_TIMEOUT = env.float("WEBHOOK_TIMEOUT", default=10)  # seconds from connecting to the end of the answer
WEBHOOK_FIRST_WAIT = env.float(
    "WEBHOOK_FIRST_WAIT", default=5
)  # seconds before the second try, then twice as long each time
WEBHOOK_PAUSE_AFTER_HOURS = env.int("WEBHOOK_PAUSE_AFTER_HOURS", default=24)  # an endpoint that refuses everything
WEBHOOK_ROTATION_HOURS = env.int(
    "WEBHOOK_ROTATION_HOURS", default=24
)  # in which the old secret signs beside the new one

# --- people ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "insights:home"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_ADAPTER = "governance.accounts.adapter.StaffAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# [[role, user name, password], …]: only a demo sets it; the sign-in page then offers them.
DEMO_LOGINS: list[list[str]] = env.json("DEMO_LOGINS", default=[])

# --- language and time -------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# --- static files and mail -----------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(STATE_DIR / "static")))
WHITENOISE_USE_FINDERS = env.bool("WHITENOISE_USE_FINDERS", default=True)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(STATE_DIR / "mail")
if env("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="governance@localhost")

# --- paper -------------------------------------------------------------------------------------
# The regular and the bold face of letters as PDF. Latin, Greek, Cyrillic, Arabic and Hebrew must be in them.
PDF_FONTS = (
    env("PDF_FONT", default="/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    env("PDF_FONT_BOLD", default="/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
)

# --- browser policies ----------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}

# --- the API -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "governance.accounts.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["governance.accounts.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "governance.web.api.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "governance.web.api.problem_handler",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Governance",
    "DESCRIPTION": "Push merchants, listings and orders; read policies, violations, decisions and statements; file appeals.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "MerchantKind": "listings.enums.MerchantKind",
        "MerchantState": "listings.enums.MerchantState",
        "ListingState": "listings.enums.ListingState",
        "ImportKind": "listings.enums.ImportKind",
        "ImportState": "listings.enums.ImportState",
        "RowFate": "listings.enums.RowFate",
        "RowReason": "listings.enums.RowReason",
        "Measure": "governance.policies.enums.Measure",
        "VersionState": "governance.policies.enums.VersionState",
        "SweepKind": "enforcement.enums.SweepKind",
        "SweepState": "enforcement.enums.SweepState",
        "UndoState": "enforcement.enums.UndoState",
        "ViolationState": "enforcement.enums.ViolationState",
        "DecisionState": "enforcement.enums.DecisionState",
        "Clearance": "enforcement.enums.Clearance",
        "SubmissionState": "enforcement.enums.SubmissionState",
        "AppealState": "enforcement.enums.AppealState",
        "DisputeState": "enforcement.enums.DisputeState",
        "DisputeOutcome": "enforcement.enums.DisputeOutcome",
        "ItemOutcome": "enforcement.enums.ItemOutcome",
        "CaseState": "investigations.enums.CaseState",
        "CaseOrigin": "investigations.enums.CaseOrigin",
        "CaseOutcome": "investigations.enums.CaseOutcome",
        "LinkKind": "listings.enums.LinkKind",
        "NoticeState": "investigations.enums.NoticeState",
        "NoticeGround": "investigations.enums.NoticeGround",
        "ReporterKind": "investigations.enums.ReporterKind",
        "OrderKind": "investigations.enums.OrderKind",
        "OrderState": "investigations.enums.OrderState",
        "OrderOutcome": "investigations.enums.OrderOutcome",
        "Verdict": "investigations.enums.Verdict",
        "ReviewState": "investigations.enums.ReviewState",
        "ReviewKind": "investigations.enums.ReviewKind",
        "ReviewOutcome": "investigations.enums.ReviewOutcome",
        "InvestigationState": "investigations.enums.InvestigationState",
        "EventType": "enforcement.enums.EventType",
    },
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]+",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "governance.web.api_schema.add_problem",
    ],
}

# --- logs ----------------------------------------------------------------------------------------
DJANGO_STRUCTLOG_CELERY_ENABLED = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
_EVERY_LINE: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_EVERY_LINE,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
# One JSON object a line for a log collector, else words for a person.
_RENDER: list[Any] = (
    [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if env.bool("LOG_JSON", default=False)
    else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _EVERY_LINE,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_RENDER],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
