// Limits first, then Landlock (files), then seccomp (every system call), each a wall of its own.
#include "indexer/extract/sandbox.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace mailhold::indexer::extract {
namespace {

Status limit(__rlimit_resource resource, std::size_t value, const char* name) {
    const rlimit both{value, value};
    if (::setrlimit(resource, &both) == 0) return {};
    return fail(Errc::unsupported, fmt::format("limit {}: {}", name, std::strerror(errno)));
}

Status set_limits(const SandboxLimits& limits) {
    if (!sanitized) {
        if (auto set = limit(RLIMIT_AS, limits.memory, "memory"); !set) return set;
        if (auto set = limit(RLIMIT_NOFILE, 4, "open files"); !set) return set;
    }
    if (auto set = limit(RLIMIT_CPU, limits.processor_seconds, "processor time"); !set) return set;
    if (auto set = limit(RLIMIT_FSIZE, 0, "file size"); !set) return set;
    if (auto set = limit(RLIMIT_NPROC, 0, "processes"); !set) return set;
    return limit(RLIMIT_CORE, 0, "core dumps");
}

// Every right over files that the kernel knows is taken, and none is given back by a rule.
// The numbers of the rights are the kernel's; older headers lack the later ones.
bool restrict_files() {
    const long version =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return false;
    const unsigned rights = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
    landlock_ruleset_attr all{};
    all.handled_access_fs = (1ULL << rights) - 1;
    const long ruleset = ::syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (ruleset < 0) return false;
    const bool done = ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    ::close(static_cast<int>(ruleset));
    return done;
}

scmp_arg_cmp argument(unsigned place, scmp_compare comparison, std::size_t a, std::size_t b = 0) {
    return {place, comparison, a, b};
}

struct Release {
    void operator()(void* filter) const { seccomp_release(filter); }
};

Status restrict_calls() {
    const std::unique_ptr<void, Release> filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
    if (!filter) return fail(Errc::unsupported, "seccomp: no memory");
    int problem = 0;
    const auto rule = [&](std::uint32_t action, int call,
                          std::initializer_list<scmp_arg_cmp> when) {
        if (problem != 0) return;
        problem = seccomp_rule_add_array(filter.get(), action, call,
                                         static_cast<unsigned>(when.size()), when.begin());
    };
    constexpr std::array allowed = {
        SCMP_SYS(read),          SCMP_SYS(write),        SCMP_SYS(close),
        SCMP_SYS(lseek),         SCMP_SYS(fstat),        SCMP_SYS(brk),
        SCMP_SYS(munmap),        SCMP_SYS(mremap),       SCMP_SYS(madvise),
        SCMP_SYS(futex),         SCMP_SYS(exit),         SCMP_SYS(exit_group),
        SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
        SCMP_SYS(getpid),        SCMP_SYS(gettid),       SCMP_SYS(getrandom),
        SCMP_SYS(getrusage),     SCMP_SYS(sched_yield),  SCMP_SYS(restart_syscall)};
    for (const int call : allowed) rule(SCMP_ACT_ALLOW, call, {});
    // Memory is for data.
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
        rule(SCMP_ACT_ALLOW, call, {argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC)});
    // abort() signals its own thread.
    rule(SCMP_ACT_ALLOW, SCMP_SYS(tgkill),
         {argument(0, SCMP_CMP_EQ, static_cast<std::size_t>(::getpid()))});
    // Libraries that look for a file do without it; nobody needs to write one.
    constexpr std::size_t writing =
        O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
    rule(SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), {argument(2, SCMP_CMP_MASKED_EQ, writing)});
    rule(SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), {argument(1, SCMP_CMP_MASKED_EQ, writing)});
    for (const int call : {SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx),
                           SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
                           SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd)})
        rule(SCMP_ACT_ERRNO(EACCES), call, {});
    rule(SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), {});
    if (problem == 0) problem = seccomp_load(filter.get());
    if (problem == 0) return {};
    return fail(Errc::unsupported, fmt::format("seccomp: {}", std::strerror(-problem)));
}

}  // namespace

Result<Sandbox> enter_sandbox(const SandboxLimits& limits) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(Errc::unsupported, fmt::format("no_new_privs: {}", std::strerror(errno)));
    Sandbox sandbox{restrict_files()};  // it needs a descriptor, so before the limits
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (auto set = set_limits(limits); !set) return std::unexpected(set.error());
    if (sanitized) return sandbox;
    if (auto set = restrict_calls(); !set) return std::unexpected(set.error());
    return sandbox;
}

}  // namespace mailhold::indexer::extract
