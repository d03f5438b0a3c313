// The worker of the program under test, without the rest of it.
#include "indexer/extract/worker.hpp"

int main() {
    mailhold::indexer::extract::run_worker();
}
