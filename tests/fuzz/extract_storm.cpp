// Mutations of the sample attachments through a real pool: extract_storm WORKER SAMPLES [COUNT [SEED]].
// Prints what came of them. Fails if the pool blocks, the parent grows, or good files are not read
// any more afterwards.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "indexer/extract/pool.hpp"
#include "store/base/file.hpp"
#include "store/base/log.hpp"
#include "store/base/threads.hpp"

using namespace mailhold;
using namespace mailhold::indexer;

namespace {

constexpr std::size_t threads = 4;
constexpr long most_growth = 300L << 10;  // KiB

struct Sample {
    std::string name, octets;
};

class Mutator {
  public:
    Mutator(const std::vector<Sample>& samples, unsigned seed) : samples_(samples), random_(seed) {}

    extract::Document next() {
        const Sample& sample = samples_[below(samples_.size())];
        std::string octets = sample.octets;
        for (std::size_t i = 1 + below(6); i > 0 && !octets.empty(); --i) mutate(octets);
        return {"application/octet-stream", sample.name, octets};
    }

  private:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    void mutate(std::string& octets) {
        const std::size_t at = below(octets.size());
        const std::size_t length = 1 + below(std::min<std::size_t>(octets.size() - at, 64));
        switch (below(6)) {
            case 0:
                octets[at] = static_cast<char>(below(256));
                break;
            case 1:
                octets[at] = static_cast<char>(octets[at] ^ (1 << below(8)));
                break;
            case 2:
                octets.resize(at);
                break;
            case 3:
                octets.erase(at, length);
                break;
            case 4:
                octets.insert(below(octets.size()), octets.substr(at, length));
                break;
            default: {
                const auto& other = samples_[below(samples_.size())].octets;
                if (!other.empty())
                    octets.replace(at, length, other.substr(below(other.size()), 64));
            }
        }
    }

    const std::vector<Sample>& samples_;
    std::mt19937 random_;
};

long memory_used() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const std::size_t count = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 300;
    const auto seed = static_cast<unsigned>(argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 1);
    log::configure(log::Level::off);
    std::vector<Sample> samples;
    for (const auto& entry : std::filesystem::directory_iterator(argv[2]))
        if (entry.path().extension() != ".py")
            samples.push_back({entry.path().filename().string(), *read_file(entry.path())});
    std::ranges::sort(samples, {}, &Sample::name);

    extract::PoolOptions options;
    options.command = {argv[1]};
    options.workers = 2;
    options.limits.text = 1 << 20;
    options.limits.unpacked = 64 << 20;
    options.limits.processor = std::chrono::seconds(3);
    options.wall = std::chrono::seconds(10);
    extract::Pool pool(options);
    Mutator mutator(samples, seed);
    const long before = memory_used();
    const auto begin = std::chrono::steady_clock::now();
    std::mutex mutex;
    std::map<std::string, std::size_t> outcomes;
    {
        WorkerPool workers("storm", threads);
        for (std::size_t i = 0; i < count; ++i)
            workers.post([&, document = mutator.next()]() mutable {
                const auto extraction = pool.read(std::move(document));
                const std::lock_guard lock(mutex);
                ++outcomes[std::string(text::name_of(extraction.status))];
                if (extraction.maker == 0) ++outcomes["  of these by a crash or a time limit"];
            });
    }
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin);
    for (const auto& [outcome, number] : outcomes) fmt::print("{:>6}  {}\n", number, outcome);
    const auto counts = pool.counts();
    const long growth = memory_used() - before;
    fmt::print(
        "{} mutations in {:.1f} s; workers started {}, died {}, timed out {}; parent grew {} KiB\n",
        count, took.count(), counts.started, counts.died, counts.timed_out, growth);
    bool good = growth < most_growth;
    for (const auto& sample : samples) {
        if (!sample.name.starts_with("good.")) continue;
        const auto extraction = pool.read({"application/octet-stream", sample.name, sample.octets});
        if (extraction.status != text::ExtractStatus::indexed) {
            fmt::print("{} is not read any more: {}\n", sample.name, extraction.reason);
            good = false;
        }
    }
    return good ? 0 : 1;
}
