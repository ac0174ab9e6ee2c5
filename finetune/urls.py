from django.urls import include, path

from finetune.mount import api
from finetune.web import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/", api.urls),
    path("", include("finetune.web.urls")),
]
