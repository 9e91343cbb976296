#include "cpp_models.hpp"

int main() {
  search_plain_state();
  search_coroutines();
}
