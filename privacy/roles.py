"""The four roles of staff, and the one way a migration gives a role a permission (R-H8).

Each app grants on its own models, in its own migrations; nobody has a permission by default.
"""

from django.db.migrations.operations.special import RunPython

INTAKE_STAFF = "Intake staff"
CLINICIAN = "Clinician"
PROGRAM_MANAGER = "Program manager"
PRIVACY_OFFICER = "Privacy officer"
ROLES = (INTAKE_STAFF, CLINICIAN, PROGRAM_MANAGER, PRIVACY_OFFICER)


class Grant(RunPython):
    """Migration operation: these roles may do these things, written as {"role": ["app.codename_model"]}.

    Permissions are normally made after all migrations, so the ones named here are made now when missing.
    """

    def __init__(self, grants: dict[str, list[str]]):
        self.grants = grants
        super().__init__(self._give, RunPython.noop)

    def deconstruct(self):
        return (self.__class__.__name__, [self.grants], {})

    def _give(self, apps, schema_editor):
        Group = apps.get_model("auth", "Group")
        for role, names in self.grants.items():
            group, _ = Group.objects.get_or_create(name=role)
            group.permissions.add(*(_permission(apps, name) for name in names))


def _permission(apps, name: str):
    app_label, codename = name.split(".")
    model = codename.split("_", 1)[1]
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
    )
    return permission
