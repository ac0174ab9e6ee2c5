"""Tracking of serials changes only where no stock stands that was entered the other way."""

from django.db import migrations

AGREED = """
CREATE FUNCTION inventory_refuse_unagreed(p_shelves bigint[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_variants json;
BEGIN
    -- Waits for every post that has read the old settings; those that come later wait for us and read the new ones.
    PERFORM pg_advisory_xact_lock(5, 1);
    -- A statement of its own, so that it sees what they committed.
    WITH RECURSIVE shelf AS (
        SELECT unnest(p_shelves) AS id
        UNION SELECT c.id FROM catalog_category c JOIN shelf ON c.parent_id = shelf.id
    ), kept AS (
        SELECT v.id AS variant_id, s.track_serials
        FROM shelf
        CROSS JOIN LATERAL inventory_settings_of(shelf.id) s
        JOIN catalog_product p ON p.category_id = shelf.id
        JOIN catalog_variant v ON v.product_id = p.id
    ), unagreed AS (
        SELECT k.variant_id FROM kept k JOIN inventory_stockledger l ON l.product_variant_id = k.variant_id
        WHERE l.quantity > 0 AND CASE WHEN k.track_serials THEN l.quantity ELSE 0 END <> (
            SELECT count(*) FROM inventory_serialnumber n
            WHERE n.product_variant_id = l.product_variant_id AND n.store_id = l.store_id
              AND n.status IN ('available', 'reserved'))
        UNION
        SELECT k.variant_id FROM kept k JOIN inventory_stockentry e ON e.product_variant_id = k.variant_id
        WHERE e.status = 'pending_approval'
          AND cardinality(e.serial_numbers) <> CASE WHEN k.track_serials THEN abs(e.delta) ELSE 0 END
    )
    SELECT json_agg(variant_id) INTO v_variants FROM (SELECT variant_id FROM unagreed ORDER BY 1 LIMIT 20) few;
    IF v_variants IS NOT NULL THEN
        RAISE EXCEPTION 'stock_on_hand' USING ERRCODE = 'FT001',
            DETAIL = json_build_object('product_variants', v_variants)::text;
    END IF;
END $$;

CREATE FUNCTION inventory_config_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM inventory_refuse_unagreed(array_remove(ARRAY[OLD.category_id, NEW.category_id], NULL));
    RETURN NULL;
END $$;
CREATE TRIGGER stock_agrees AFTER INSERT OR UPDATE OR DELETE ON inventory_inventoryconfig
    FOR EACH ROW EXECUTE FUNCTION inventory_config_agrees();

CREATE FUNCTION inventory_category_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM inventory_refuse_unagreed(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER stock_agrees AFTER UPDATE OF parent_id ON catalog_category FOR EACH ROW
    WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION inventory_category_agrees();

CREATE FUNCTION inventory_product_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM inventory_refuse_unagreed(ARRAY[NEW.category_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER stock_agrees AFTER UPDATE OF category_id ON catalog_product FOR EACH ROW
    WHEN (OLD.category_id IS DISTINCT FROM NEW.category_id) EXECUTE FUNCTION inventory_product_agrees();

CREATE FUNCTION inventory_variant_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM inventory_refuse_unagreed(ARRAY(SELECT p.category_id FROM catalog_product p WHERE p.id = NEW.product_id));
    RETURN NULL;
END $$;
CREATE TRIGGER stock_agrees AFTER UPDATE OF product_id ON catalog_variant FOR EACH ROW
    WHEN (OLD.product_id IS DISTINCT FROM NEW.product_id) EXECUTE FUNCTION inventory_variant_agrees();
"""

DROP = """
DROP FUNCTION inventory_config_agrees() CASCADE;
DROP FUNCTION inventory_category_agrees() CASCADE;
DROP FUNCTION inventory_product_agrees() CASCADE;
DROP FUNCTION inventory_variant_agrees() CASCADE;
DROP FUNCTION inventory_refuse_unagreed(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_freeze_stock"),
        ("catalog", "0001_initial"),
    ]
    operations = [migrations.RunSQL(AGREED, DROP)]
