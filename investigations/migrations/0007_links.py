import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('investigations', '0006_arranging'),
        ('listings', '0006_links'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.PositiveIntegerField()),
                ('stopped', models.PositiveIntegerField(default=0)),
                ('risk', models.FloatField(default=0)),
                ('kinds', models.JSONField(default=dict)),
                ('first', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='listings.merchant')),
                ('hub', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='listings.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='LinkRisk',
            fields=[
                ('merchant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='link_risk', serialize=False, to='listings.merchant')),
                ('own', models.FloatField(default=0)),
                ('because', models.JSONField(default=dict)),
                ('risk', models.FloatField(default=0)),
                ('sources', models.JSONField(default=list)),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='members', to='investigations.linkgroup')),
            ],
        ),
        migrations.AddIndex(
            model_name='linkgroup',
            index=models.Index(fields=['-risk', '-id'], name='link_group_by_risk'),
        ),
        migrations.AddIndex(
            model_name='linkgroup',
            index=models.Index(fields=['-size', '-id'], name='link_group_by_size'),
        ),
        migrations.AddConstraint(
            model_name='linkgroup',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 2)), name='link_group_of_two'),
        ),
        migrations.AddConstraint(
            model_name='linkrisk',
            constraint=models.CheckConstraint(condition=models.Q(('own__gte', 0), ('own__lte', 1), ('risk__gte', 0), ('risk__lte', 1)), name='link_risk_share'),
        ),
    ]
