-- What the addons of this repository have in a database, a line for each row:
-- their external ids, the records behind them, all rows of the models that they define
-- or extend, and the columns, indexes and triggers of those. For psql.
\pset tuples_only on
\pset format unaligned
CREATE TEMPORARY VIEW own AS
SELECT module, name, model, res_id, noupdate,
       replace(replace(model, 'ir.actions.report', 'ir.act.report.xml'),
               'ir.actions', 'ir.act') AS dotted
  FROM ir_model_data
 WHERE module LIKE '%backorder\_atp%' OR module = 'sale_customer_inventory';

CREATE TEMPORARY VIEW own_table AS
SELECT DISTINCT class.relname AS name
  FROM own
  JOIN ir_model model ON own.model = 'ir.model' AND own.res_id = model.id
  JOIN pg_class class ON class.relname = replace(model.model, '.', '_')
 WHERE class.relkind = 'r' AND class.relnamespace = 'public'::regnamespace;

SELECT to_jsonb(own) FROM own ORDER BY module, name;

SELECT format('SELECT %1$L, to_jsonb(one) - ''write_date'' FROM %1$I one
                WHERE id IN (SELECT res_id FROM own WHERE model = %2$L) ORDER BY id',
              class.relname, model)
  FROM (SELECT DISTINCT model, dotted FROM own) of_model
  JOIN pg_class class ON class.relname = replace(dotted, '.', '_')
 WHERE class.relkind = 'r' AND class.relnamespace = 'public'::regnamespace
 ORDER BY model
\gexec
SELECT format('SELECT %1$L, to_jsonb(one) - ''write_date'' FROM %1$I one ORDER BY 2', name)
  FROM own_table
 ORDER BY name
\gexec

SELECT table_name, column_name, data_type, is_nullable, column_default
  FROM information_schema.columns
 WHERE table_name IN (SELECT name FROM own_table)
 ORDER BY table_name, column_name;
SELECT indexdef FROM pg_indexes WHERE tablename IN (SELECT name FROM own_table) ORDER BY 1;
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1;
SELECT conrelid::regclass, conname, pg_get_constraintdef(oid)
  FROM pg_constraint
 WHERE conrelid::regclass::text IN (SELECT name FROM own_table)
 ORDER BY 1, 2;
