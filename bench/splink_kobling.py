"""Splink on the two files of `bench --bare kobling`: prints one object.

Comparisons and blocking rules are those that Splink's own guides give for names, birth dates and addresses; former names and addresses are records
of their own. The threshold is chosen afterwards, with the truth in hand, to serve it best.
"""

import json
import logging
import resource
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.getLogger("splink").setLevel(logging.ERROR)
folder, precision_wanted = sys.argv[1], float(sys.argv[2])
begin = time.time()
con = duckdb.connect()
con.execute("set threads to 2")
for name in ("personer", "rader"):
    con.execute(
        f"create table les_{name} as select * from read_csv('{folder}/{name}.csv', delim=';', header=true, all_varchar=true, quote='')"
    )
felles = """nullif(fornavn,'') as fornavn, nullif(etternavn,'') as etternavn, nullif(mellomnavn,'') as mellomnavn, foedt, kvinne,
 nullif(gate,'') as gate, nullif(postnummer,'') as postnummer, nullif(kommune,'') as kommune,
 substr(foedt,1,4) as aar"""
con.execute(f"create table personer as select row_number() over () as unique_id, id, {felles} from les_personer")
con.execute(f"create table rader as select rad as unique_id, {felles} from les_rader")
settings = SettingsCreator(
    link_type="link_only",
    comparisons=[
        cl.NameComparison("fornavn").configure(term_frequency_adjustments=True),
        cl.NameComparison("etternavn").configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("mellomnavn", 1),
        cl.CustomComparison(
            output_column_name="foedt",
            comparison_levels=[
                {"sql_condition": "foedt_l is null or foedt_r is null", "label_for_charts": "null", "is_null_level": True},
                {"sql_condition": "foedt_l = foedt_r", "label_for_charts": "same"},
                {
                    "sql_condition": "foedt_l = substr(foedt_r,1,4) || '-' || substr(foedt_r,9,2) || '-' || substr(foedt_r,6,2)",
                    "label_for_charts": "day and month swapped",
                },
                {"sql_condition": "damerau_levenshtein(foedt_l, foedt_r) <= 1", "label_for_charts": "one digit"},
                {"sql_condition": "ELSE", "label_for_charts": "other"},
            ],
        ),
        cl.ExactMatch("kvinne"),
        cl.LevenshteinAtThresholds("gate", [1, 3]),
        cl.ExactMatch("postnummer").configure(term_frequency_adjustments=True),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("foedt"),
        block_on("fornavn", "etternavn"),
        block_on("gate", "postnummer"),
        block_on("fornavn", "aar", "postnummer"),
        block_on("etternavn", "aar", "postnummer"),
    ],
)
linker = Linker(["rader", "personer"], settings, DuckDBAPI(connection=con))
rules = [block_on("foedt", "fornavn"), block_on("etternavn", "gate", "postnummer")]
linker.training.estimate_probability_two_random_records_match([block_on("foedt", "fornavn", "etternavn")], recall=0.6)
linker.training.estimate_u_using_random_sampling(max_pairs=5e6)
for rule in rules:
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
klar_s = time.time() - begin
begin = time.time()
pred = linker.inference.predict(threshold_match_probability=0.5)
finn_s = time.time() - begin
topp_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
table = pred.physical_name
con.execute(
    f"""create table par as
 select case when source_dataset_l = 'rader' then unique_id_l else unique_id_r end as rad,
        case when source_dataset_l = 'rader' then unique_id_r else unique_id_l end as post, match_weight as vekt
 from {table}"""
)
con.execute(
    "create table beste as select rad, id, max(vekt) as vekt from par join personer on personer.unique_id::varchar = par.post::varchar group by rad, id"
)
con.execute(
    """create table topp as select rad, id, vekt, coalesce(vekt - lead(vekt) over w, 1e9) as forsprang from beste
 window w as (partition by rad order by vekt desc) qualify row_number() over w = 1"""
)
rows = con.execute(
    """select slag, sann, id, vekt, forsprang from les_rader left join topp on topp.rad::varchar = les_rader.rad::varchar"""
).fetchall()
best = None
for gap in (0.0, 2.0, 4.0, 6.0, 8.0, 10.0):
    given = sorted(((v, s == i) for _, s, i, v, f in rows if v is not None and f >= gap and not (gap == 0.0 and f == 0.0)), reverse=True)
    right = wrong = 0
    for number, (weight, ok) in enumerate(given):
        right, wrong = right + ok, wrong + (not ok)
        last = number + 1 == len(given) or given[number + 1][0] < weight
        if last and right >= precision_wanted * (right + wrong) and (best is None or right > best[0]):
            best = (right, wrong, weight, gap)
right, wrong, threshold, gap = best or (0, 0, 1e9, 0.0)
klasser = {}
for slag, sann, hvem, vekt, forsprang in rows:
    en = klasser.setdefault(slag, {"her": 0, "riktige": 0, "gale": 0})
    en["her"] += sann is not None
    if vekt is not None and vekt >= threshold and forsprang >= gap and not (gap == 0.0 and forsprang == 0.0):
        en["riktige" if sann == hvem else "gale"] += 1
print(
    json.dumps(
        {
            "rader_s": round(len(rows) / finn_s),
            "finn_s": round(finn_s, 1),
            "klar_s": round(klar_s, 1),
            "topp_mb": topp_mb,
            "presisjon": round(right / max(right + wrong, 1), 6),
            "terskel": threshold,
            "forsprang": gap,
            "klasser": {
                slag: {
                    "recall": round(en["riktige"] / max(en["her"], 1), 4),
                    "gale": en["gale"],
                    "gitt": en["riktige"] + en["gale"],
                    "refusert": en["her"] - en["riktige"],
                }
                for slag, en in klasser.items()
            },
        }
    )
)
