"""The PostgreSQL that FineTune brings along, for a shop without a database server of its own."""

from finetune.core.postgres.account import Announce
from finetune.core.postgres.cluster import Cluster
from finetune.core.postgres.embedded import (
    DatabaseUrls,
    embedded_database,
    running_or_embedded_database,
    urls_of,
    wait_for_running_server,
)
from finetune.core.postgres.location import cluster_folder, data_folder, has_cluster, socket_folder, url_for
from finetune.core.postgres.lock import DataFolderLock
from finetune.core.postgres.trouble import AlreadyRunning, DatabaseTrouble

__all__ = [
    "AlreadyRunning",
    "Announce",
    "Cluster",
    "DataFolderLock",
    "DatabaseTrouble",
    "DatabaseUrls",
    "cluster_folder",
    "data_folder",
    "embedded_database",
    "has_cluster",
    "running_or_embedded_database",
    "socket_folder",
    "url_for",
    "urls_of",
    "wait_for_running_server",
]
