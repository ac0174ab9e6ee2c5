from django.urls import include, path

from finetune.mount import api
from finetune.web import health
from finetune.web.metrics import metrics

handler400 = "finetune.web.errors.bad_request"
handler403 = "finetune.web.errors.permission_denied"
handler404 = "finetune.web.errors.page_not_found"
handler413 = "finetune.web.errors.too_large"
handler500 = "finetune.web.errors.server_error"

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", metrics),
    path("api/", api.urls),
    path("", include("finetune.web.urls")),
]
