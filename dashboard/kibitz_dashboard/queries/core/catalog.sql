select table_name, about, grain from model_catalog order by table_name
