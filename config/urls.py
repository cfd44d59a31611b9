"""The URL map. Apps are named by dotted string only: this is the ground floor."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health


def _apps() -> list[URLResolver]:
    """Each app that has pages, under its own name."""
    return [path(f"{app}/", include(f"{app}.urls")) for app in settings.HOUSE_APPS if find_spec(f"{app}.urls")]


urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("config.kit.web.urls")),
    path("", include("stores.front_urls")),
    path("", include("orders.front_urls")),
    path("", include("approvals.front_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("orders.api.urls")),
    path("callbacks/", include("orders.callback_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
    *_apps(),
]
