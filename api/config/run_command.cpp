// A child process with a pipe and a deadline. The child leads its own process group, so that what
// it started can be killed with it.
#include "api/config/run_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

extern char** environ;

namespace mailhold::config {
namespace {

constexpr std::size_t most_output = 64 * 1024;

struct Descriptor {
    int fd = -1;
    explicit Descriptor(int descriptor) : fd(descriptor) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    void close() {
        if (fd >= 0) ::close(fd);
        fd = -1;
    }
};

// A running child; killed with its group and reaped at the latest by the destructor.
class Child {
  public:
    explicit Child(pid_t pid) : pid_(pid) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ <= 0) return;
        ::kill(-pid_, SIGKILL);
        wait();
    }
    int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return status;
    }

  private:
    pid_t pid_;
};

Result<pid_t> spawn_shell(const std::string& command, int output) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // Our threads block all signals; the child must not.
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    std::string shell = "/bin/sh", option = "-c", text = command;
    std::array<char*, 4> arguments = {shell.data(), option.data(), text.data(), nullptr};
    pid_t pid = -1;
    int error = ::posix_spawn(&pid, shell.c_str(), &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0)
        return fail(Errc::io, fmt::format("starting /bin/sh: {}", std::strerror(error)));
    return pid;
}

// Whether there is something to read before the deadline.
bool readable(int fd, std::chrono::steady_clock::time_point deadline) {
    using std::chrono::milliseconds;
    while (true) {
        auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, static_cast<int>(std::min(left, milliseconds(60'000)).count())) > 0)
            return true;
    }
}

Result<std::string> read_until_end(int fd, std::chrono::steady_clock::time_point deadline) {
    std::string output;
    std::array<char, 4096> buffer{};
    while (true) {
        if (!readable(fd, deadline)) return fail(Errc::timeout, "the command did not end in time");
        auto got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return fail(Errc::io,
                        fmt::format("reading a command's output: {}", std::strerror(errno)));
        if (got == 0) return output;
        output.append(buffer.data(), static_cast<std::size_t>(got));
        if (output.size() > most_output)
            return fail(Errc::limit, "the command writes more than 64 KiB");
    }
}

// A command may close its output and go on: that counts against the deadline too.
Status wait_for_end(pid_t pid, std::chrono::steady_clock::time_point deadline) {
    Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (process.fd < 0)
        return fail(Errc::io, fmt::format("watching a command: {}", std::strerror(errno)));
    if (!readable(process.fd, deadline))
        return fail(Errc::timeout, "the command did not end in time");
    return {};
}

}  // namespace

Result<std::string> run_command(const std::string& command, std::chrono::milliseconds timeout) {
    auto deadline = std::chrono::steady_clock::now() + timeout;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail(Errc::io, fmt::format("making a pipe: {}", std::strerror(errno)));
    Descriptor read_end(ends[0]), write_end(ends[1]);
    auto pid = spawn_shell(command, write_end.fd);
    write_end.close();
    if (!pid) return std::unexpected(pid.error());
    Child child(*pid);
    auto output = read_until_end(read_end.fd, deadline);
    if (!output) return output;
    if (auto ended = wait_for_end(*pid, deadline); !ended) return std::unexpected(ended.error());
    int status = child.wait();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail(Errc::invalid,
                    fmt::format("the command ended with status {}",
                                WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)));
    return output;
}

}  // namespace mailhold::config
