import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

OWED = """
    INSERT INTO listings_photoprint (sha256, version, keys)
    SELECT DISTINCT sha256, 0, '{}'::integer[] FROM listings_listingimage WHERE sha256 <> ''
"""
"""Photos that were fetched before have no print yet: theirs are made in the background."""


class Migration(migrations.Migration):

    dependencies = [
        ('listings', '0008_search_words'),
    ]

    operations = [
        migrations.AlterField(
            model_name='linkmark',
            name='kind',
            field=models.CharField(choices=[('bank_account', 'Bank account'), ('address', 'Address'), ('phone', 'Phone'), ('email_domain', 'E-mail address or domain'), ('device', 'Device'), ('image', 'Images'), ('like_image', 'Images nearly alike'), ('text', 'Texts'), ('name', 'Similar name'), ('declared', 'Declared by a person')], max_length=16),
        ),
        migrations.AlterField(
            model_name='merchantlink',
            name='kind',
            field=models.CharField(choices=[('bank_account', 'Bank account'), ('address', 'Address'), ('phone', 'Phone'), ('email_domain', 'E-mail address or domain'), ('device', 'Device'), ('image', 'Images'), ('like_image', 'Images nearly alike'), ('text', 'Texts'), ('name', 'Similar name'), ('declared', 'Declared by a person')], max_length=16),
        ),
        migrations.CreateModel(
            name='PhotoPrint',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('version', models.PositiveSmallIntegerField(default=0)),
                ('bits', models.BinaryField(max_length=32, null=True)),
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['keys'], name='photo_print_by_key'), models.Index(fields=['version', 'sha256'], name='photo_print_by_version')],
                'constraints': [models.CheckConstraint(condition=models.Q(('bits__isnull', False), ('keys', []), _connector='OR'), name='photo_print_keys_of_bits')],
            },
        ),
        migrations.RunSQL(OWED, migrations.RunSQL.noop),
    ]
