import os
from django.db import connection
def test_wheels(db):
    with connection.cursor() as c: c.execute("show server_version"); print(c.fetchone(), os.environ["REDIS_URL"])
    import redis; print(redis.Redis(unix_socket_path=os.environ["REDIS_URL"][7:].split("?")[0]).info()["server_name"])
