"""Categories form a tree, whoever moves them and however many at once."""

from django.db import migrations

REFUSE_CYCLE = """
CREATE FUNCTION catalog_refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two moves that each look harmless can close a circle together, so moves take turns. The walk below is a
    -- statement of its own and sees what the one before has committed.
    PERFORM pg_advisory_xact_lock(hashtextextended('catalog_category', 22));
    IF EXISTS (
        WITH RECURSIVE above AS (
            SELECT NEW.parent_id AS id
            UNION
            SELECT c.parent_id FROM catalog_category c JOIN above a ON c.id = a.id WHERE c.parent_id IS NOT NULL
        )
        SELECT FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'category_cycle' USING ERRCODE = 'FT001',
            DETAIL = jsonb_build_object('category', NEW.id, 'parent', NEW.parent_id)::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_category_below_itself BEFORE INSERT OR UPDATE OF parent_id ON catalog_category
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION catalog_refuse_cycle();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_search")]
    operations = [migrations.RunSQL(REFUSE_CYCLE, "DROP FUNCTION catalog_refuse_cycle() CASCADE")]
