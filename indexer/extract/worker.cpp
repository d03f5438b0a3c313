// Ends without cleaning up: it owns nothing, and destructors are code that hostile input may have
// prepared for.
#include "indexer/extract/worker.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <exception>
#include <new>

#include "indexer/extract/frame.hpp"
#include "indexer/extract/sandbox.hpp"

namespace mailhold::indexer::extract {
namespace {

// A worker that has seen this much makes place for a fresh one.
constexpr std::size_t most_documents = 500;
constexpr long most_seconds = 40;           // of processor time
constexpr long most_kilobytes = 200 << 10;  // of memory, at its highest

[[noreturn]] void end(int code) {
    ::_exit(code);
}

void read_exactly(char* to, std::size_t size) {
    while (size > 0) {
        const auto got = ::read(worker_socket, to, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) end(0);  // the daemon is gone, or wants no more
        to += got;
        size -= static_cast<std::size_t>(got);
    }
}

void write_all(std::string_view octets) {
    while (!octets.empty()) {
        const auto put = ::write(worker_socket, octets.data(), octets.size());
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) end(1);
        octets.remove_prefix(static_cast<std::size_t>(put));
    }
}

void send(const std::string& frame) {
    const auto header = length_octets(frame.size());
    write_all({header.data(), header.size()});
    write_all(frame);
}

std::string receive() {
    std::array<char, frame_header> header{};
    read_exactly(header.data(), header.size());
    std::string frame(length_in({header.data(), header.size()}), '\0');
    read_exactly(frame.data(), frame.size());
    return frame;
}

text::Extraction failed(const char* reason) {
    return {text::ExtractStatus::failed, reason, {}, 0};
}

Response answer() {
    try {
        const auto request = decode_request(receive());
        if (!request) end(1);
        return {extract(request->document, request->limits), false};
    } catch (const std::bad_alloc&) {
        return {failed("more memory than it is given"), true};
    } catch (const std::exception&) {
        return {failed("its reader failed"), true};
    }
}

bool is_worn() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec > most_seconds ||
           (!sanitized && used.ru_maxrss > most_kilobytes);
}

// The kernel takes the worker first where memory runs out, and not the daemon.
void offer_to_die() {
    if (std::FILE* file = std::fopen("/proc/self/oom_score_adj", "we")) {
        std::fputs("1000", file);
        std::fclose(file);
    }
}

}  // namespace

void run_worker() {
    ::prctl(PR_SET_NAME, "mh-extract", 0, 0, 0);
    offer_to_die();
    std::setlocale(LC_ALL, "C.UTF-8");  // NOLINT(concurrency-mt-unsafe): no thread is there yet
    warm_up();
    const auto sandbox = enter_sandbox();
    if (!sandbox) {
        send(encode(Hello{sandbox.error().text, false}));
        end(1);
    }
    send(encode(Hello{{}, sandbox->landlock}));
    for (std::size_t documents = 1;; ++documents) {
        Response response = answer();
        response.last |= documents == most_documents || is_worn();
        send(encode(response));
        if (response.last) end(0);
    }
}

}  // namespace mailhold::indexer::extract
