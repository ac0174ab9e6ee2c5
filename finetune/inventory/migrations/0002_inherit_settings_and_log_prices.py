"""How stock of a category is kept, inherited down the tree; and the log of prices, written by whatever road."""

from django.db import migrations

SETTINGS = """
CREATE FUNCTION inventory_settings_of(p_category bigint,
    OUT track_serials boolean, OUT log_price boolean, OUT require_stock_in_approval boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_category bigint := p_category;
    v_parent bigint;
    v_found boolean;
BEGIN
    -- The bound only matters for a tree that was tied into a ring by hand.
    FOR level IN 1..100 LOOP
        SELECT g.parent_id, c.id IS NOT NULL, c.track_serials, c.log_price, c.require_stock_in_approval
        INTO v_parent, v_found, track_serials, log_price, require_stock_in_approval
        FROM catalog_category g LEFT JOIN inventory_inventoryconfig c ON c.category_id = g.id
        WHERE g.id = v_category;
        IF v_found THEN
            RETURN;
        END IF;
        EXIT WHEN v_parent IS NULL;
        v_category := v_parent;
    END LOOP;
    track_serials := false;
    log_price := true;
    require_stock_in_approval := false;
END $$;
"""

PRICE_LOG = """
CREATE FUNCTION inventory_log_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- changed_by: the user whom the application named in this transaction; null for a change made outside.
    INSERT INTO inventory_pricelog (product_variant_id, kind, old_price, new_price, changed_by_id)
    SELECT NEW.id, changed.kind, changed.old_price, changed.new_price,
           (SELECT u.id FROM staff_user u WHERE u.id = nullif(current_setting('finetune.actor', true), '')::bigint)
    FROM (VALUES ('price', OLD.price, NEW.price), ('mrp', OLD.mrp, NEW.mrp), ('cost', OLD.cost, NEW.cost))
         AS changed (kind, old_price, new_price)
    WHERE changed.old_price IS DISTINCT FROM changed.new_price
      AND (SELECT s.log_price FROM catalog_product p, inventory_settings_of(p.category_id) s
           WHERE p.id = NEW.product_id);
    RETURN NULL;
END $$;
CREATE TRIGGER log_prices AFTER UPDATE OF price, mrp, cost ON catalog_variant FOR EACH ROW
    WHEN ((OLD.price, OLD.mrp, OLD.cost) IS DISTINCT FROM (NEW.price, NEW.mrp, NEW.cost))
    EXECUTE FUNCTION inventory_log_prices();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0001_initial"),
        ("catalog", "0001_initial"),
        ("staff", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(SETTINGS, "DROP FUNCTION inventory_settings_of(bigint)"),
        migrations.RunSQL(PRICE_LOG, "DROP FUNCTION inventory_log_prices() CASCADE"),
    ]
