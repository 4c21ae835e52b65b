"""The database itself keeps what is signed (R-L4), and clinicians, nobody else, may see notes (R-H8)."""

from django.db import migrations

from clinical.signed_forever import ForbidChangeOnceSigned
from privacy.roles import CLINICIAN, Grant


class Migration(migrations.Migration):
    dependencies = [
        ("clinical", "0001_initial"),
        ("privacy", "0002_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        ForbidChangeOnceSigned("reassessmentnote", "signed_at"),
        ForbidChangeOnceSigned("notesignature"),
        ForbidChangeOnceSigned("noteaddendum"),
        ForbidChangeOnceSigned("emergencylook"),
        ForbidChangeOnceSigned("disclosureconsent"),
        ForbidChangeOnceSigned("consentrevocation"),
        ForbidChangeOnceSigned("disclosure"),
        Grant({CLINICIAN: ["clinical.view_reassessmentnote"]}),
    ]
