// Stands in for libFuzzer where it is not linked: runs the harness over every file of the given
// folders and over deterministic mutations of them. A broken property aborts; the input that broke
// it is in the file "PROGRAM-crash".
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t mutations = 5'000;
constexpr std::size_t max_size = 64 << 10;

// Holds the input that is being run, as there is no coming back from an abort; gone when all went
// well.
class CrashFile {
  public:
    explicit CrashFile(const std::string& name)
        : name_(name), fd_(::open(name.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644)) {}
    CrashFile(const CrashFile&) = delete;
    CrashFile& operator=(const CrashFile&) = delete;
    ~CrashFile() {
        ::close(fd_);
        std::filesystem::remove(name_);
    }

    bool hold(const std::string& input) const {
        const auto size = static_cast<ssize_t>(input.size());
        return ::pwrite(fd_, input.data(), input.size(), 0) == size && ::ftruncate(fd_, size) == 0;
    }

  private:
    std::string name_;
    int fd_;
};

void run(const std::string& input, const CrashFile& crash) {
    if (!crash.hold(input)) std::perror("the file for a crash");
    const std::vector<std::uint8_t> octets(input.begin(), input.end());
    LLVMFuzzerTestOneInput(octets.data(), octets.size());
}

class Mutator {
  public:
    explicit Mutator(const std::vector<std::string>& seeds) : seeds_(seeds) {}

    std::string next() {
        std::string input = seed();
        for (auto steps = 1 + below(4); steps > 0; --steps) change(input);
        return input.substr(0, max_size);
    }

  private:
    std::size_t below(std::size_t n) { return random_() % n; }
    const std::string& seed() { return seeds_[below(seeds_.size())]; }

    void change(std::string& input) {
        const auto at = below(input.size() + 1);
        switch (below(6)) {
            case 0:
                input.erase(at, 1 + below(8));
                break;
            case 1:
                input.insert(at, 1, static_cast<char>(below(256)));
                break;
            case 2:
                input.insert(at, input.substr(below(input.size() + 1), below(16)));
                break;
            case 3:
                input.resize(at);
                break;
            case 4: {
                const auto& other = seed();
                input.replace(at, std::string::npos, other.substr(below(other.size() + 1)));
                break;
            }
            default:
                if (at < input.size()) input[at] = static_cast<char>(below(256));
        }
    }

    const std::vector<std::string>& seeds_;
    std::mt19937_64 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> seeds;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
            std::ifstream file(entry.path(), std::ios::binary);
            seeds.emplace_back(std::istreambuf_iterator<char>(file),
                               std::istreambuf_iterator<char>());
        }
    }
    if (seeds.empty()) {
        std::fprintf(stderr, "no seeds; give the folders of a corpus\n");
        return 2;
    }
    std::ranges::sort(seeds);  // directories have no order of their own
    const CrashFile crash(std::filesystem::path(argv[0]).filename().string() + "-crash");
    for (const auto& seed : seeds) run(seed, crash);
    Mutator mutator(seeds);
    for (std::size_t i = 0; i < mutations; ++i) run(mutator.next(), crash);
    std::printf("%zu seeds and %zu mutations\n", seeds.size(), mutations);
}
