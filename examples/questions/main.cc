// The questions of a zone authority (docs/questions.md) in C++: each is asked of the book of
// examples/ through the library, with the plan that answers it. Question 24 waits for proofs.
//
//   questions DIRECTORY EXAMPLES
#include "book.h"

int main(int argc, char** argv) {
  constexpr int kArguments = 3;
  if (argc != kArguments) {
    std::cerr << "usage: questions DIRECTORY EXAMPLES\n";
    return 2;
  }
  questions::Book book(argv[1], argv[2]);
  questions::AskAtCounter(book);
  questions::AskForCommission(book);
  questions::AskAsAuditor(book);
  questions::AskWithRules(book);
  return 0;
}
