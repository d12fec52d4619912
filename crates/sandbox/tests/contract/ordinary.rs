//! What must work, everywhere alike: a sandbox in which ordinary code fails is of no use.

use seaworthy_sandbox::{Ending, Outcome};

use crate::attack::{Attack, Expect, ends, plain};

const fn works(name: &'static str, code: &'static str) -> Attack {
    plain(name, code, Expect::Works)
}

/// Ended by the code with this status, and these words on stderr.
fn left(outcome: &Outcome, status: i32, words: &str) -> Result<(), String> {
    let ending = if status == 0 {
        Ending::Exit
    } else {
        Ending::Error
    };
    ends(outcome, &[ending])?;
    if outcome.status != Some(status) || !outcome.stderr.text.contains(words) {
        return Err(format!("it should end with {status} and write {words:?}"));
    }
    Ok(())
}

pub(crate) const ATTACKS: &[Attack] = &[
    works("arithmetic", "
assert sum(range(10 ** 6)) == 499999500000
assert 2 ** 200 % 1_000_007 == pow(2, 200, 1_000_007)
assert abs(0.1 + 0.2 - 0.3) < 1e-12
assert divmod(-7, 3) == (-3, 2)
assert complex(1, 2) * 1j == -2 + 1j
print('WORKS')
"),
    plain("artifacts", "
import os
os.makedirs('/tmp/out', exist_ok=True)
with open('/tmp/out/report.csv', 'w') as f:
    f.write('a,b\\n1,2\\n')
with open('out/raw.bin', 'wb') as f:
    f.write(bytes(range(256)))
with open('/tmp/not_an_artifact', 'w') as f:
    f.write('x')
", Expect::Is(|outcome| {
        ends(outcome, &[Ending::Exit])?;
        let mut files: Vec<_> = outcome.artifacts.iter().map(|a| (a.name.as_str(), a.bytes.clone())).collect();
        files.sort();
        let raw: Vec<u8> = (0..=255).collect();
        if files != [("raw.bin", raw), ("report.csv", b"a,b\n1,2\n".to_vec())] || outcome.artifacts_left != 0 {
            return Err("two artifacts should come back".into());
        }
        Ok(())
    })),
    plain("artifacts_after_an_error", "
import os
os.makedirs('/tmp/out', exist_ok=True)
open('/tmp/out/partial.txt', 'w').write('so far')
raise ValueError('late')
", Expect::Is(|outcome| {
        left(outcome, 1, "ValueError: late")?;
        if outcome.artifacts.len() != 1 || outcome.artifacts[0].bytes != b"so far" {
            return Err("what was written before the error comes back".into());
        }
        Ok(())
    })),
    plain("artifacts_bounded", "
import os
os.makedirs('/tmp/out', exist_ok=True)
for number in range(60):
    open(f'/tmp/out/{number:02}.txt', 'w').write('x' * 10)
", Expect::Is(|outcome| {
        ends(outcome, &[Ending::Exit])?;
        if outcome.artifacts.len() != 32 || outcome.artifacts_left != 28 {
            return Err("32 come back, 28 are said to be left".into());
        }
        Ok(())
    })),
    plain("artifacts_hostile", r#"
import os
os.makedirs("/tmp/out/folder", exist_ok=True)
open("/tmp/out/folder/inside.txt", "w").write("x")
open("/tmp/out/good.txt", "w").write("good")
open("/tmp/out/new\nline", "w").write("x")
for act in (lambda: os.symlink("/etc/passwd", "/tmp/out/passwd"), lambda: os.symlink("/proc/self/environ", "/tmp/out/environ"),
            lambda: os.symlink("/dev/zero", "/tmp/out/zero"), lambda: os.mkfifo("/tmp/out/pipe"),
            lambda: os.symlink("../..", "/tmp/out/up"), lambda: os.symlink("loop", "/tmp/out/loop")):
    try:
        act()
    except (OSError, AttributeError):
        pass
try:
    os.truncate(os.open("/tmp/out/huge", os.O_CREAT | os.O_WRONLY), 1 << 40)
except OSError:
    os.remove("/tmp/out/huge")
"#, Expect::Is(|outcome| {
        ends(outcome, &[Ending::Exit])?;
        let names: Vec<_> = outcome.artifacts.iter().map(|a| a.name.as_str()).collect();
        if names != ["good.txt"] || outcome.artifacts_left == 0 {
            return Err(format!("only good.txt comes back, not {names:?}"));
        }
        Ok(())
    })).within_ms(10_000),
    plain("artifacts_too_large", "
import os
os.makedirs('/tmp/out', exist_ok=True)
open('/tmp/out/large.bin', 'wb').write(b'x' * (20 << 20))
open('/tmp/out/small.txt', 'w').write('small')
", Expect::Is(|outcome| {
        ends(outcome, &[Ending::Exit])?;
        if outcome.artifacts.len() != 1 || outcome.artifacts_left != 1 {
            return Err("the small one comes back, the large one is said to be left".into());
        }
        Ok(())
    })),
    works("classes_and_generators", "
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache, reduce
@dataclass(order=True)
class Point:
    x: int
    y: int = 0
class Colour(Enum):
    RED = 1
@lru_cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def squares():
    for n in range(4):
        yield n * n
assert Point(1) < Point(1, 1) and fib(90) == 2880067194370816120
assert list(squares()) == [0, 1, 4, 9] and Colour(1) is Colour.RED
match {'kind': 'a', 'n': [1, 2]}:
    case {'kind': 'a', 'n': [first, *rest]}:
        assert (first, rest) == (1, [2])
try:
    raise ExceptionGroup('g', [ValueError(1)])
except* ValueError as group:
    assert len(group.exceptions) == 1
print('WORKS')
"),
    works("dates", "
import calendar, datetime, time
day = datetime.datetime(2026, 11, 21, tzinfo=datetime.timezone.utc)
assert day.isoformat() == '2026-11-21T00:00:00+00:00'
assert datetime.date.fromisoformat('2024-02-29') - datetime.date(2024, 1, 1) == datetime.timedelta(59)
assert calendar.isleap(2024)
now = datetime.datetime.now(datetime.timezone.utc)
assert now.year >= 2026 and abs(now.timestamp() - time.time()) < 5
assert datetime.datetime.strptime('3 Mar 2021', '%d %b %Y').month == 3
start = time.monotonic()
time.sleep(0.05)
assert 0.04 < time.monotonic() - start < 5
assert time.perf_counter() > 0 and time.strftime('%Y') >= '2026'
print('WORKS')
"),
    plain("error_with_status", "
import sys
sys.exit(3)
", Expect::Is(|outcome| left(outcome, 3, ""))),
    plain("exit_0", "
import sys
sys.exit(0)
", Expect::Is(|outcome| left(outcome, 0, ""))),
    plain("exit_builtin", "
exit(4)
", Expect::Is(|outcome| left(outcome, 4, ""))),
    plain("exit_none", "
raise SystemExit
", Expect::Is(|outcome| left(outcome, 0, ""))),
    plain("exit_text", "
import sys
sys.exit('no input')
", Expect::Is(|outcome| left(outcome, 1, "no input\n"))),
    plain("exit_true", "
import sys
sys.exit(True)
", Expect::Is(|outcome| left(outcome, 1, ""))),
    plain("exit_wraps", "
import sys
sys.exit(258)
", Expect::Is(|outcome| left(outcome, 2, ""))),
    works("files", r"
import os, pathlib
assert os.getcwd() == '/tmp', os.getcwd()
assert open('data.csv').read() == 'a,b\n1,2\n'
assert open('/tmp/Grüße 2.txt', 'rb').read() == bytes(range(256))
assert sorted(p.name for p in pathlib.Path('.').glob('*.csv')) == ['data.csv']
assert set(os.listdir('/tmp')) <= {'data.csv', 'Grüße 2.txt', 'out', '.hidden'}, os.listdir('/tmp')
assert open('.hidden').read() == ''
open('data.csv', 'a').write('3,4\n')
assert len(open('data.csv').readlines()) == 3
print('WORKS')
").given(|job| job
        .with_file("data.csv", "a,b\n1,2\n")
        .with_file(".hidden", "")
        .with_file("Grüße 2.txt", (0..=255).collect::<Vec<u8>>())),
    works("imports_of_own_modules", "
import mine
from importlib import reload
assert mine.answer() == 42 and reload(mine)
print('WORKS')
").given(|job| job.with_file("mine.py", "def answer():\n    return 42\n")),
    works("library", r"
# pure Python, and what a data task reaches for
import importlib
names = '''argparse ast base64 bisect calendar cmath codecs collections.abc colorsys configparser
contextlib copy copyreg csv dataclasses datetime decimal difflib email.message email.parser enum
fnmatch fractions functools graphlib hashlib heapq hmac html html.parser http inspect io ipaddress
itertools json keyword linecache locale logging math mimetypes numbers operator pathlib pickle
pickletools pprint queue quopri random re reprlib secrets shlex shutil statistics string stringprep
struct tempfile textwrap time timeit tokenize tomllib traceback types typing unicodedata unittest
urllib.parse urllib.error uuid warnings weakref xml.etree.ElementTree xml.dom.minidom zipfile zoneinfo
abc array asyncio atexit binascii concurrent.futures contextvars dis doctest errno filecmp fileinput
gettext glob marshal optparse os platform plistlib sched select selectors signal socket stat
subprocess symtable sys sysconfig tarfile threading trace zipapp multiprocessing http.client
urllib.request ssl gzip zlib wave sqlite3'''.split()
optional = {'ssl', 'sqlite3', 'multiprocessing', 'concurrent.futures'}
failed = []
for name in names:
    try:
        importlib.import_module(name)
    except ImportError as error:
        if name not in optional:
            failed.append((name, str(error)))
    except Exception as error:
        failed.append((name, repr(error)))
print(failed or 'WORKS')
"),
    works("pre_imported", "
# the promised set, used and not only imported
import collections, csv, datetime, decimal, difflib, fractions, hashlib, io, itertools, json
import math, random, re, statistics, textwrap
from urllib.parse import parse_qs, quote, urljoin, urlsplit
assert json.loads(json.dumps({'a': [1, 2.5, None, True, 'ü']})) == {'a': [1, 2.5, None, True, 'ü']}
assert re.sub(r'(?P<w>\\w+)', lambda m: m['w'].upper(), 'a-b') == 'A-B'
assert math.isclose(math.sqrt(2) ** 2, 2) and math.comb(50, 25) == 126410606437752
assert statistics.median([3, 1, 2]) == 2 and round(statistics.stdev([1, 2, 3, 4]), 3) == 1.291
assert (datetime.date(2024, 3, 1) - datetime.timedelta(days=1)).day == 29
assert collections.Counter('banana').most_common(1) == [('a', 3)]
assert len(list(itertools.permutations('abcd'))) == 24
rows = list(csv.DictReader(io.StringIO('a,b\\n1,\"x,y\"\\n')))
assert rows == [{'a': '1', 'b': 'x,y'}]
assert random.Random(1).random() == 0.13436424411240122
assert decimal.Decimal('0.1') + decimal.Decimal('0.2') == decimal.Decimal('0.3')
assert fractions.Fraction(1, 3) + fractions.Fraction(1, 6) == fractions.Fraction(1, 2)
assert textwrap.shorten('hello world again', 12) == 'hello [...]'
assert difflib.get_close_matches('appel', ['ape', 'apple']) == ['apple', 'ape']
assert hashlib.sha256(b'abc').hexdigest().startswith('ba7816bf')
assert hashlib.md5(b'').hexdigest() == 'd41d8cd98f00b204e9800998ecf8427e'
assert len(hashlib.blake2b(b'x').digest()) == 64 and hashlib.sha3_256(b'').hexdigest()[:4] == 'a7ff'
assert urlsplit('https://a.b/c?d=e').netloc == 'a.b' and parse_qs('a=1&a=2') == {'a': ['1', '2']}
assert quote('a b') == 'a%20b' and urljoin('http://a/b/', 'c') == 'http://a/b/c'
print('WORKS')
"),
    works("scratch", r"
import os, shutil, tempfile, zipfile
with tempfile.NamedTemporaryFile('w+') as f:
    f.write('x')
    f.seek(0)
    assert f.read() == 'x' and f.name.startswith('/tmp/')
with tempfile.TemporaryDirectory() as folder:
    os.makedirs(folder + '/a/b/c')
    open(folder + '/a/b/c/d.txt', 'w').write('deep')
    shutil.copytree(folder + '/a', folder + '/copy')
    assert [names for *_, names in os.walk(folder + '/copy')][-1] == ['d.txt']
    os.rename(folder + '/copy/b/c/d.txt', folder + '/e.txt')
    assert os.path.getsize(folder + '/e.txt') == 4
assert not os.path.exists(folder)
with open('big.bin', 'wb') as f:
    f.truncate(5)
    f.seek(1 << 20)
    f.write(b'x' * (10 << 20))
assert os.stat('big.bin').st_size == 11 << 20
with open('big.bin', 'r+b') as f:
    f.seek(-3, 2)
    assert f.read() == b'xxx'
os.remove('big.bin')
with zipfile.ZipFile('a.zip', 'w') as archive:
    archive.writestr('inside.txt', 'zipped')
assert zipfile.ZipFile('a.zip').read('inside.txt') == b'zipped'
shutil.rmtree('/tmp/nothing', ignore_errors=True)
print('WORKS')
"),
    works("stdin", r"
import sys
assert input() == 'first'
assert sys.stdin.readline() == 'Grüße 🚢\n'
assert sys.stdin.read() == 'rest\n\nwithout an end'
assert sys.stdin.buffer.read() == b''
print('WORKS')
").given(|mut job| {
        job.stdin = "first\nGrüße 🚢\nrest\n\nwithout an end".into();
        job
    }),
    works("stdin_large", r"
import hashlib, sys
data = sys.stdin.buffer.read()
assert len(data) == 8 << 20, len(data)
assert data == bytes(range(256)) * (1 << 15)
print('WORKS')
").given(|mut job| {
        job.stdin = (0..8 << 20).map(|n: u32| n.to_le_bytes()[0]).collect();
        job
    }),
    plain("syntax_error", "x = = 1\n", Expect::Is(|outcome| {
        left(outcome, 1, "SyntaxError: invalid syntax\n")?;
        if !outcome.stderr.text.contains("File \"main.py\", line 1\n    x = = 1\n") {
            return Err("it should show the line".into());
        }
        Ok(())
    })),
    plain("traceback", "def f(x):\n    return 1 / x\n\nprint('before')\nf(0)\n", Expect::Is(|outcome| {
        left(outcome, 1, "ZeroDivisionError: division by zero\n")?;
        let text = &outcome.stderr.text;
        let shape = ["Traceback (most recent call last):\n  File \"main.py\", line 5, in <module>\n    f(0)\n",
            "  File \"main.py\", line 2, in f\n    return 1 / x\n"];
        let frames = text.matches("  File ").count();
        if shape.iter().any(|part| !text.contains(part)) || frames != 2 || outcome.stdout.text != "before\n" {
            return Err("the traceback should have the code's two frames with their lines".into());
        }
        Ok(())
    })),
    plain("traceback_of_a_cause", "
try:
    {}['missing']
except KeyError as error:
    raise RuntimeError('wrapped') from error
", Expect::Is(|outcome| left(outcome, 1, "The above exception was the direct cause of the following exception:"))),
    plain("traceback_of_interrupt", "raise KeyboardInterrupt\n", Expect::Is(|outcome| left(outcome, 1, "KeyboardInterrupt"))),
    plain("unicode", "
import sys, unicodedata
größe = 'Grüße 漢字 🚢 \\u0301'
print(größe)
print(größe, file=sys.stderr)
assert sys.stdout.encoding.lower() == 'utf-8' and unicodedata.normalize('NFC', 'u\\u0308') == 'ü'
open('/tmp/漢字.txt', 'w').write(größe)
assert open('/tmp/漢字.txt').read() == größe
", Expect::Is(|outcome| {
        ends(outcome, &[Ending::Exit])?;
        let text = "Grüße 漢字 🚢 \u{301}\n";
        if outcome.stdout.text != text || outcome.stderr.text != text {
            return Err(format!("both streams should hold {text:?}"));
        }
        Ok(())
    })),
    works("world", "
# what code can see of where it runs: nothing worth telling, and __main__
import os, sys
assert __name__ == '__main__' and sys.argv == ['main.py'] and __file__ == 'main.py'
assert sys.version_info >= (3, 11) and sys.flags.utf8_mode in (0, 1)
assert set(os.environ) <= {'PATH', 'HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TMPDIR', 'PYTHONHOME', 'PYTHONPATH', 'PYTHONUTF8',
                           'PYTHONDONTWRITEBYTECODE', 'PYTHONUNBUFFERED', 'HOSTNAME', 'TERM', 'USER', 'TZ'}, dict(os.environ)
import __main__
assert __main__.__dict__ is globals()
def f():
    global answer
    answer = 42
f()
assert answer == 42 and [x for x in range(3) if x] == [1, 2]
exec('y = 5')
assert y == 5 and eval('y + 1') == 6
print('WORKS')
"),
];
