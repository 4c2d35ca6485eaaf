import django.db.models.deletion
from django.db import migrations, models

OWED = "INSERT INTO listings_linkowed (merchant_id, step, due_at) SELECT id, 'read', now() FROM listings_merchant"
"""Nobody has looked for links yet: what the merchants that are there have is read in the background."""


class Migration(migrations.Migration):

    dependencies = [
        ('listings', '0005_measures'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('bank_account', 'Bank account'), ('address', 'Address'), ('phone', 'Phone'), ('email_domain', 'E-mail address or domain'), ('device', 'Device'), ('image', 'Images'), ('text', 'Texts'), ('name', 'Similar name'), ('declared', 'Declared by a person')], max_length=16)),
                ('digest', models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='LinkOwed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('read', 'Reading'), ('find', 'Finding')], max_length=4)),
                ('due_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='merchantlink',
            name='one_link_per_pair_and_kind',
        ),
        migrations.AddField(
            model_name='merchantlink',
            name='common',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='merchantlink',
            name='ended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='merchantlink',
            name='kind',
            field=models.CharField(choices=[('bank_account', 'Bank account'), ('address', 'Address'), ('phone', 'Phone'), ('email_domain', 'E-mail address or domain'), ('device', 'Device'), ('image', 'Images'), ('text', 'Texts'), ('name', 'Similar name'), ('declared', 'Declared by a person')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='merchantlink',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('first', 'second', 'kind'), name='one_live_link_per_pair_and_kind'),
        ),
        migrations.AddField(
            model_name='linkmark',
            name='listing',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='listings.listing'),
        ),
        migrations.AddField(
            model_name='linkmark',
            name='merchant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='listings.merchant'),
        ),
        migrations.AddField(
            model_name='linkowed',
            name='merchant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='listings.merchant'),
        ),
        migrations.AddIndex(
            model_name='linkmark',
            index=models.Index(fields=['digest', 'kind', 'merchant'], name='mark_by_digest'),
        ),
        migrations.AddConstraint(
            model_name='linkmark',
            constraint=models.UniqueConstraint(fields=('merchant', 'kind', 'digest'), name='one_mark_per_merchant'),
        ),
        migrations.AddIndex(
            model_name='linkowed',
            index=models.Index(fields=['step', 'due_at'], name='link_owed_by_time'),
        ),
        migrations.AddIndex(
            model_name='linkowed',
            index=models.Index(fields=['merchant', 'step'], name='link_owed_of_merchant'),
        ),
        migrations.AddConstraint(
            model_name='linkowed',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['read', 'find'])), name='link_step_known'),
        ),
        migrations.RunSQL(OWED, migrations.RunSQL.noop),
    ]
