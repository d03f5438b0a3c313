// The program's entry: arms the fail point that a test asks for, runs the command, turns what
// nobody caught into a message and an exit code.
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "api/cli/command_line.hpp"
#include "indexer/extract/worker.hpp"
#include "store/base/fail_point.hpp"

int main(int argc, char** argv) {
    // How the pool that reads attachments starts this program again; not for people.
    if (argc == 2 && std::string_view(argv[1]) == mailhold::indexer::extract::worker_command)
        mailhold::indexer::extract::run_worker();
    ::umask(
        077);  // what is archived, indexed or exported is for its owner, whatever the folder allows
    try {
        if (const char* point =
                std::getenv("MAILHOLD_FAILPOINT")) {  // NOLINT(concurrency-mt-unsafe)
            if (auto armed = mailhold::fail_point::arm(point); !armed) {
                std::fprintf(stderr, "mailhold: MAILHOLD_FAILPOINT: %s\n",
                             armed.error().text.c_str());
                return 2;
            }
        }
        return mailhold::cli::run(argc, argv);
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "mailhold: %s\n", exception.what());
        return 1;
    }
}
