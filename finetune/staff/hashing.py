from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with the least memory that OWASP's password storage page calls enough: 19 MiB, two passes
    (read 2026-11). A shop's small machine checks several log-ins at once."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
