use std::io::Write;
fn main() {
    let n = syntetisk_befolkning::Nasjon::new(2026, std::env::args().nth(1).unwrap().parse().unwrap()).unwrap();
    let mut ut = std::io::BufWriter::new(std::io::stdout().lock());
    for g in 0..n.grupper() { for d in n.gruppe(g) { ut.write_all(&d.til_json()).unwrap(); ut.write_all(b"\n").unwrap(); } }
}
