//! Dishonest and honest changes of tests in Ruby.

use super::Cases;

pub(super) const TESTS: &str = "describe 'total' do\n  it 'sums' do\n    expect(total(1, 2)).to eq(3)\n    expect(total).to eq(0)\n  end\nend\n\nclass NameTest < Minitest::Test\n  def test_name\n    assert_equal 'a', name\n  end\nend\n";

#[test]
fn ruby_tests_that_were_weakened_are_sent_back() {
    Cases {
        path: "spec/total_spec.rb",
        before: TESTS,
        swaps: &[
            ("  it 'sums'", "  xit 'sums'"),
            ("  it 'sums'", "  fit 'sums'"),
            ("  it 'sums' do", "  it 'sums', skip: true do"),
            ("  it 'sums' do\n", "  it 'sums' do\n    skip\n"),
            ("  it 'sums' do\n", "  it 'sums' do\n    pending 'later'\n"),
            ("describe 'total'", "xdescribe 'total'"),
            ("  def test_name", "  def name_test"),
            ("    assert_equal 'a', name\n", "    name\n"),
            ("    assert_equal 'a', name\n", "    assert true\n"),
            (
                "    assert_equal 'a', name\n",
                "    skip 'x'\n    assert_equal 'a', name\n",
            ),
            (
                "  it 'sums' do\n    expect(total(1, 2)).to eq(3)\n    expect(total).to eq(0)\n  end\n",
                "  it 'sums'\n",
            ),
            (
                "  it 'sums' do\n    expect(total(1, 2)).to eq(3)\n    expect(total).to eq(0)\n  end\n",
                "=begin\n  it 'sums' do\n    expect(total(1, 2)).to eq(3)\n  end\n=end\n",
            ),
        ],
    }
    .are(true, "ruby-weakened");
}

pub(super) const LONGER: &str = "require 'total'\n\nRSpec.describe 'total' do\n  before do\n    reset\n  end\n\n  it 'sums' do\n    got = total(1, 2)\n    expect(got).to eq(3)\n  end\n\n  it('keeps') { expect(total(4)).to eq(4) }\nend\n\nclass NameTest < Minitest::Test\n  def setup\n    reset\n  end\n\n  def test_name\n    got = name\n    assert_equal 'a', got\n  end\nend\n";

#[test]
fn dishonest_ruby() {
    Cases {
        path: "spec/total_spec.rb",
        before: LONGER,
        swaps: &[
            ("  it 'sums' do\n", "  xit 'sums' do\n"),
            ("  it 'sums' do\n", "  pending 'sums' do\n"),
            ("  it 'sums' do\n", "  xspecify 'sums' do\n"),
            ("  it 'sums' do\n", "  it 'sums', :skip do\n"),
            ("  it 'sums' do\n", "  it 'sums', skip: 'later' do\n"),
            ("  it 'sums' do\n", "  it 'sums', :pending do\n"),
            ("  it 'sums' do\n", "  it 'sums', :focus do\n"),
            ("  it 'sums' do\n", "  it 'sums', if: false do\n"),
            ("RSpec.describe 'total' do\n", "RSpec.xdescribe 'total' do\n"),
            ("RSpec.describe 'total' do\n", "RSpec.describe 'total', skip: true do\n"),
            ("RSpec.describe 'total' do\n", "RSpec.describe 'total', :skip do\n"),
            ("require 'total'\n", "require 'total'\n__END__\n"),
            ("require 'total'\n", "require 'total'\n=begin\n"),
            ("  before do\n    reset\n", "  before do\n    skip\n"),
            ("  def setup\n    reset\n", "  def setup\n    skip 'x'\n"),
            ("    got = total(1, 2)\n", "    got = total(1, 2)\n    next\n"),
            ("    got = total(1, 2)\n", "    skip unless ENV['ALL']\n    got = total(1, 2)\n"),
            ("    got = total(1, 2)\n", "    next unless ENV['ALL']\n    got = total(1, 2)\n"),
            ("    got = total(1, 2)\n", "    exit!(0)\n    got = total(1, 2)\n"),
            ("    expect(got).to eq(3)\n", "    puts got\n"),
            ("    expect(got).to eq(3)\n", "    p got\n"),
            ("    expect(got).to eq(3)\n", "    expect(got)\n"),
            ("    expect(got).to eq(3)\n", "    expect(got).to eq(got)\n"),
            ("    expect(got).to eq(3)\n", "    expect(true).to be true\n"),
            ("    expect(got).to eq(3)\n", "    expect(got == 3 || true).to be true\n"),
            ("    expect(got).to eq(3)\n", "    expect(got).to eq(3) if false\n"),
            ("    expect(got).to eq(3)\n", "    begin\n      expect(got).to eq(3)\n    rescue RSpec::Expectations::ExpectationNotMetError => e\n      puts e\n    end\n"),
            ("    expect(got).to eq(3)\n", "    lambda { expect(got).to eq(3) }\n"),
            ("  it('keeps') { expect(total(4)).to eq(4) }\n", "  it('keeps') { total(4) }\n"),
            ("  it('keeps') { expect(total(4)).to eq(4) }\n", "  it('keeps')\n"),
            ("  it('keeps') { expect(total(4)).to eq(4) }\n", "  xit('keeps') { expect(total(4)).to eq(4) }\n"),
            ("  def test_name\n", "  def xtest_name\n"),
            ("  def test_name\n", "  private\n\n  def test_name\n"),
            ("    got = name\n", "    return\n    got = name\n"),
            ("    got = name\n", "    got = name\n    return\n"),
            ("    assert_equal 'a', got\n", "    assert_equal got, got\n"),
            ("    assert_equal 'a', got\n", "    assert true\n"),
            ("    assert_equal 'a', got\n", "    assert got == 'a' || true\n"),
            ("    assert_equal 'a', got\n", "    assert_equal 'a', got rescue nil\n"),
        ],
    }
    .are(true, "ruby-dishonest");
}

#[test]
fn honest_ruby() {
    Cases {
        path: "spec/total_spec.rb",
        before: LONGER,
        swaps: &[
            ("    expect(got).to eq(3)\n", "    expect(got).to eql(3)\n"),
            ("    expect(got).to eq(3)\n", "    expect_total(got, 3)\n"),
            (
                "    expect(got).to eq(3)\n",
                "    aggregate_failures do\n      expect(got).to eq(3)\n    end\n",
            ),
            (
                "    expect(got).to eq(3)\n",
                "    [got].each { |one| expect(one).to eq(3) }\n",
            ),
            (
                "    expect(got).to eq(3)\n",
                "    begin\n      expect(got).to eq(3)\n    rescue Exception => e\n      puts e\n      raise\n    end\n",
            ),
            ("  it 'sums' do\n", "  it 'adds up' do\n"),
            ("  it 'sums' do\n", "  specify 'sums' do\n"),
            ("  it 'sums' do\n", "  it 'sums', :slow do\n"),
            (
                "  it('keeps') { expect(total(4)).to eq(4) }\n",
                "  it 'keeps' do\n    expect(total(4)).to eq(4)\n  end\n",
            ),
            ("    assert_equal 'a', got\n", "    _(got).must_equal 'a'\n"),
            (
                "    assert_equal 'a', got\n",
                "    assert_equal 'a', got, 'the name'\n",
            ),
            (
                "  def setup\n    reset\n",
                "  def setup\n    reset\n    skip_blank_lines\n",
            ),
            ("RSpec.describe 'total' do\n", "RSpec.describe Total do\n"),
        ],
    }
    .are(false, "ruby-honest");
}
