"""Make the template database in the soak's own PostgreSQL, from a database elsewhere.

    prepare.py CLUSTER PG_BIN TEMPLATE CONF SOURCE

SOURCE is a database of the server that the usual variables name. Its dump is restored
as TEMPLATE, and the company of the soak is built in it. CONF is Odoo's configuration,
written here from that of the checkout.
"""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

from cluster import ROLE, Cluster, get_environment
from server import ODOO

HERE = Path(__file__).resolve().parent


def write_conf(cluster, conf):
    """The settings of the checkout, but for the database and the data."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(HERE.parent / ".odoo" / "odoo.conf")
    options = parser["options"]
    options["db_host"], options["db_port"] = str(cluster.folder), "5432"
    options["db_user"], options["data_dir"] = ROLE, str(conf.parent / "data")
    # Nobody is killed for being slow here, but by the soak.
    options["limit_time_real"] = options["limit_time_real_cron"] = "600"
    with open(conf, "w") as file:
        parser.write(file)


def restore(cluster, template, source):
    building = f"building_{template}"
    cluster.drop_database(building)
    cluster.query("postgres", f'CREATE DATABASE "{building}" OWNER {ROLE}')
    dump = subprocess.Popen(["pg_dump", "-Fc", source], stdout=subprocess.PIPE)
    subprocess.run(
        ["pg_restore", "--no-owner", "--single-transaction", "-U", ROLE]
        + ["-h", cluster.folder, "-p", "5432", "-d", building],
        stdin=dump.stdout,
        check=True,
        env=get_environment(),
    )
    if dump.wait():
        raise RuntimeError("the dump failed")
    return building


def copy_files(conf, source, target):
    old = HERE.parent / ".odoo" / "data" / "filestore" / source
    new = conf.parent / "data" / "filestore" / target
    shutil.rmtree(new, ignore_errors=True)
    if old.exists():
        shutil.copytree(old, new, copy_function=os.link)


def build_world(conf, database):
    """Run ``world.py`` in Odoo's shell."""
    options = ["shell", "-d", database, "--no-http"]
    subprocess.run(
        [*ODOO, *options],
        input=(HERE / "world.py").read_text() + '\nprint("world is built")\n',
        text=True,
        check=True,
        env={**get_environment(), "ODOO_RC": str(conf)},
    )


def main(folder, binaries, template, conf, source):
    cluster, conf = Cluster(folder, binaries), Path(conf)
    conf.parent.mkdir(parents=True, exist_ok=True)
    cluster.start()
    write_conf(cluster, conf)
    if cluster.has_database(template):
        return
    building = restore(cluster, template, source)
    copy_files(conf, source, building)
    copy_files(conf, source, "soak")
    build_world(conf, building)
    cluster.query("postgres", f'ALTER DATABASE "{building}" RENAME TO "{template}"')


if __name__ == "__main__":
    main(*sys.argv[1:])
