# What stands before every attack, after BAIT (bait.rs): the words of a verdict.
#
# BLOCKED - refused in one of the ways in which a sandbox may refuse
# OPEN    - the attack got through
# ODD     - something else happened; nobody knows what that means, so it counts as a failure
import errno, os, sys, types

REFUSALS = (OSError, ImportError)


def say(word, what, detail=""):
    print(f"{word} {what}: {detail}"[:300], flush=True)


def missing(error):
    """Whether a module lacks the function, as `os.fork` is lacking where there are no processes."""
    return isinstance(error, AttributeError) and isinstance(error.obj, (types.ModuleType, type))


def describe(error):
    number = getattr(error, "errno", None)
    name = errno.errorcode.get(number, number) if isinstance(number, int) else ""
    return f"{type(error).__name__} {name or error}"


def attempt(what, action, refusals=REFUSALS):
    """Says OPEN where the action comes to its end."""
    try:
        result = action()
    except refusals as error:
        say("BLOCKED", what, describe(error))
    except Exception as error:
        say("BLOCKED" if missing(error) else "ODD", what, describe(error))
    else:
        say("OPEN", what, repr(result))


def refused(what, action, numbers=("EPERM", "EACCES", "ENOSYS")):
    """The same for calls that must not even be looked at: any other error means that they were."""
    try:
        result = action()
    except OSError as error:
        name = errno.errorcode.get(error.errno, str(error.errno))
        say("BLOCKED" if name in numbers else "OPEN", what, describe(error))
    except ImportError as error:
        say("BLOCKED", what, describe(error))
    except Exception as error:
        say("BLOCKED" if missing(error) else "ODD", what, describe(error))
    else:
        say("OPEN", what, repr(result))


# number on x86-64, number on aarch64
CALLS = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "mount": (165, 40), "umount2": (166, 39), "fsopen": (430, 430), "open_tree": (428, 428),
    "move_mount": (429, 429), "pivot_root": (155, 41), "unshare": (272, 97), "setns": (308, 268),
    "clone3": (435, 435), "bpf": (321, 280), "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425), "userfaultfd": (323, 282), "add_key": (248, 217),
    "request_key": (249, 218), "keyctl": (250, 219), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "open_by_handle_at": (304, 265), "personality": (135, 92),
    "syslog": (103, 116), "capset": (126, 91), "quotactl": (179, 60), "swapon": (167, 224),
    "reboot": (169, 142), "acct": (163, 89), "settimeofday": (164, 170), "adjtimex": (159, 171),
    "clock_settime": (227, 112), "iopl": (172, None), "chroot": (161, 51), "lookup_dcookie": (212, 18),
    "fanotify_init": (300, 262), "pidfd_getfd": (438, 438), "kcmp": (312, 272),
    "move_pages": (279, 239), "memfd_secret": (447, 447), "sethostname": (170, 161),
}


def syscall(name, *arguments):
    import ctypes, platform
    number = CALLS[name][0 if platform.machine() == "x86_64" else 1]
    if number is None:
        raise OSError(errno.ENOSYS, "not on this machine")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
