#include "store/archive.hpp"
