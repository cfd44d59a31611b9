"""Settings of every process: web, worker, beat, commands and tests.

Everything that differs between machines comes from the environment; `script/server` sets it for the embedded
services, `docker-compose.yml` for production. Secrets are only read from the environment.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- what this process is -------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("ZHANGGUI_DEMO", default=False)
PROCESS = env.str("ZHANGGUI_PROCESS", default="command")  # web | worker | beat | command | test
VAR_DIR = Path(env.str("ZHANGGUI_VAR", default=str(BASE_DIR / "var")))

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is missing. script/server makes one for the demo; production must set it.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000")

# --- apps, from the top floor down (config/README.md draws the house) ---------------------------------------------------
HOUSE_APPS = ["orders", "marketing", "customers", "inventory", "catalog", "stores", "approvals"]
INSTALLED_APPS = [
    *[f"{app}.apps.{app.capitalize()}Config" for app in HOUSE_APPS],
    "config.apps.KitConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_filters",
    "import_export",
    "pgtrigger",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "anymail",
    "django_structlog",
    "django_prometheus",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.kit.web.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.kit.web.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "stores.middleware.PersonMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.kit.web.context.shell",
            ],
            # partials first: cotton compiles component tags after the partials are known.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "config.kit.web.tags",
            ],
        },
    }
]

# --- database and broker ---------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})
if PROCESS == "web":
    # A pool belongs to the web process only: a forked worker must not inherit one.
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": env.int("DATABASE_POOL", default=12),
        "timeout": 10,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
# A lock that is not granted in this time becomes "busy, try again" (config.kit.errors.Busy).
LOCK_TIMEOUT_MS = env.int("LOCK_TIMEOUT_MS", default=5000)

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "zhanggui",
        "TIMEOUT": 300,
    }
}

# --- jobs --------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    # Every entry wakes a sweep over stored rows; none carries work of its own (ADR 0003).
    "deadlines": {"task": "approvals.sweep_deadlines", "schedule": 20.0, "options": {"expires": 20}},
    "publish": {"task": "approvals.publish_due", "schedule": 20.0, "options": {"expires": 20}},
    "seal-trail": {"task": "approvals.seal_trail", "schedule": 600.0, "options": {"expires": 600}},
    "security": {"task": "approvals.report_security_events", "schedule": 300.0, "options": {"expires": 300}},
    "digests": {"task": "approvals.send_digests", "schedule": 3600.0, "options": {"expires": 3600}},
    "jobs": {"task": "approvals.run_jobs", "schedule": 15.0, "options": {"expires": 15}},
    "messages": {"task": "customers.send_messages", "schedule": 15.0, "options": {"expires": 15}},
    "intake": {"task": "orders.sweep_intake", "schedule": 10.0, "options": {"expires": 10}},
    "imports": {"task": "orders.sweep_imports", "schedule": 15.0, "options": {"expires": 15}},
    "allocate": {"task": "orders.sweep_waiting_orders", "schedule": 60.0, "options": {"expires": 60}},
    "notices": {"task": "catalog.compare_notices", "schedule": 1800.0, "options": {"expires": 1800}},
    "prices": {"task": "catalog.turn_prices", "schedule": 60.0, "options": {"expires": 60}},
    "zones": {"task": "stores.swap_zones", "schedule": 20.0, "options": {"expires": 20}},
    "pages": {"task": "stores.sweep_pages", "schedule": 60.0, "options": {"expires": 60}},
    "signs": {"task": "stores.check_signs", "schedule": crontab(hour=16, minute=15)},
    "rights": {"task": "stores.sync_rights", "schedule": crontab(hour=16, minute=5)},  # five past midnight in Shanghai
    "photos": {"task": "catalog.process_photos", "schedule": 15.0, "options": {"expires": 15}},
    "shots": {"task": "catalog.plan_shots", "schedule": 3600.0, "options": {"expires": 3600}},
    "pushes": {"task": "catalog.send_pushes", "schedule": 10.0, "options": {"expires": 10}},
    "readings": {"task": "catalog.read_back_pushes", "schedule": 600.0, "options": {"expires": 600}},
    # At night in Shanghai, in small batches; what one hour does not manage the next one does.
    "comparisons": {"task": "catalog.compare_live", "schedule": crontab(hour="17-22", minute=20)},
    "ranks": {"task": "catalog.rank_products", "schedule": crontab(hour=20, minute=40)},
    "titles": {"task": "catalog.measure_titles", "schedule": crontab(hour=20, minute=50)},
    "proofreads": {
        "task": "catalog.pick_proofreads",
        "schedule": crontab(hour="21,22,23", minute=0),
    },  # before the office
    "stock-check": {"task": "inventory.compare_levels_with_ledger", "schedule": crontab(hour=19, minute=10)},
}

# --- who signs in ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "stores.Employee"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "stores.accounts.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # django-axes counts and locks; two counters would disagree
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Zhanggui"
# Roles that must use a second factor; the demo offers one-click sign-in and so leaves it out.
MFA_REQUIRED_ROLES = env.list("MFA_REQUIRED_ROLES", default=[] if DEMO else ["MGR", "SUP", "FIN"])
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_DISABLE_ACCESS_LOG = True
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=2 * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- what a browser may do ----------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
HTTPS = env.bool("HTTPS", default=False)
# What is asked from inside, past the proxy that speaks HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
CALLBACK_MAX_BYTES = 1024 * 1024
IMPORT_MAX_BYTES = 200 * 1024 * 1024

# --- what goes out ------------------------------------------------------------------------------------------------------
# Channels' addresses are typed by people: outside the demo they must not lead into the network that we stand in.
CHANNELS_MAY_BE_LOCAL = env.bool("CHANNELS_MAY_BE_LOCAL", default=DEMO)

# --- words, time, files --------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "var" / "frontend"]  # the second: config/launcher/frontend.py
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PROCESS == "test" or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# What is compressed already, and the maps of scripts, which only developer tools ask for.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    "gif",
    "gz",
    "br",
    "jpg",
    "jpeg",
    "map",
    "png",
    "ttf",
    "webp",
    "woff",
    "woff2",
    "zip",
)
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/media/"

# --- mail ------------------------------------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    # Without a mail server the demo's mails are kept as rows and read on a screen.
    EMAIL_BACKEND = "customers.mailbox.MailboxBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Zhanggui <noreply@example.com>")

# --- API ---------------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["config.kit.rest.access.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.kit.rest.errors.handle_exception",
    "DEFAULT_PAGINATION_CLASS": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Zhanggui API",
    "DESCRIPTION": "Order intake for shops and their systems.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "ENUM_NAME_OVERRIDES": {
        "ValidationErrorEnum": "drf_standardized_errors.openapi_serializers.ValidationErrorEnum.choices",
        "ClientErrorEnum": "drf_standardized_errors.openapi_serializers.ClientErrorEnum.choices",
        "ServerErrorEnum": "drf_standardized_errors.openapi_serializers.ServerErrorEnum.choices",
    },
}
API_KEY_CUSTOM_HEADER = "HTTP_X_API_KEY"

# --- spreadsheets in the admin -----------------------------------------------------------------------------------------------
# Between the dry run and the import another web process may answer: the file waits in the cache, not on a disk.
IMPORT_EXPORT_TMP_STORAGE_CLASS = "import_export.tmp_storages.CacheStorage"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# --- watching ----------------------------------------------------------------------------------------------------------------
PROMETHEUS_EXPORT_MIGRATIONS = False
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
HEARTBEAT_LIMIT_SECONDS = env.int("HEARTBEAT_LIMIT_SECONDS", default=180)
if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
from config.logs import LOGGING  # noqa: E402, F401 (configures structlog once the settings above exist)
