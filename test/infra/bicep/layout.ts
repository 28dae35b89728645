import type { Node } from 'web-tree-sitter';
import { isComment } from './expression.ts';

/** What the grammar reads and the compiler does not: two members of one line need a comma, statements a line each. */
export function* layoutErrors(root: Node): Generator<{ line: number; text: string }> {
  let last = -1;
  for (const statement of root.namedChildren) {
    if (statement.startPosition.row === last) {
      yield at(statement, 'a statement begins behind another on the same line');
    }
    last = statement.endPosition.row;
  }
  yield* crowded(root);
}

function* crowded(node: Node): Generator<{ line: number; text: string }> {
  const members = node.namedChildren.filter((each) => !isComment(each));
  if (node.type === 'object' || node.type === 'array') {
    for (const [index, member] of members.entries()) {
      const before = members[index - 1];
      if (before?.endPosition.row !== member.startPosition.row) continue;
      const between = node.text.slice(before.endIndex - node.startIndex, member.startIndex - node.startIndex);
      if (!between.includes(',')) yield at(member, 'two members on one line need a comma between them');
    }
  }
  for (const member of members) yield* crowded(member);
}

const at = (node: Node, text: string) => ({
  line: node.startPosition.row + 1,
  text: `${text}: ${node.text.slice(0, 60)}`,
});
