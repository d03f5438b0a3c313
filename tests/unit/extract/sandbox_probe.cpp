// Enters the worker's sandbox and then does what its argument says. Ends with 0 where that was
// refused by an error, with 7 where it worked; what kills it is for sandbox_test.cpp to see.
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <string>

#include "indexer/extract/sandbox.hpp"

namespace {

constexpr int done = 7;
constexpr int refused = 0;

int result(bool worked) {
    return worked ? done : refused;
}

bool can_have(std::size_t memory) {
    void* volatile got = std::malloc(memory);
    return got != nullptr;
}

const std::map<std::string, std::function<int()>> acts = {
    {"nothing", [] { return done; }},
    {"socket", [] { return result(::socket(AF_INET, SOCK_STREAM, 0) >= 0); }},
    {"socketpair",
     [] {
         int pair[2];
         return result(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
     }},
    {"read a file", [] { return result(::open("/etc/passwd", O_RDONLY) >= 0); }},
    {"write a file",
     [] { return result(::open("/tmp/mailhold-probe", O_WRONLY | O_CREAT, 0600) >= 0); }},
    {"unlink", [] { return result(::unlink("/tmp/mailhold-probe") == 0); }},
    {"fork", [] { return result(::fork() >= 0); }},
    {"exec",
     [] {
         ::execl("/bin/true", "true", nullptr);
         return refused;
     }},
    {"ptrace", [] { return result(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0); }},
    {"signal its parent", [] { return result(::kill(::getppid(), 0) == 0); }},
    {"executable memory",
     [] {
         return result(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
     }},
    {"much memory", [] { return result(can_have(std::size_t{3} << 30)); }},
    {"some memory", [] { return result(can_have(std::size_t{300} << 20)); }},
    {"abort",
     [] {
         std::abort();
         return done;
     }},
    {"spin",
     [] {
         for (volatile unsigned i = 0;; i = i + 1) {
         }
         return done;
     }},
};

}  // namespace

int main(int, char** argv) {
    const auto& act = acts.at(argv[1]);
    const auto sandbox = mailhold::indexer::extract::enter_sandbox({.processor_seconds = 1});
    if (!sandbox) ::_exit(99);
    ::_exit(act());
}
