// Searches the models of docs/cpp-models.md; each prints what the page says it prints.
#pragma once

void search_plain_state();
void search_coroutines();
